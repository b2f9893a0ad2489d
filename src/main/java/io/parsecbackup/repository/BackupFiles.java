package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The digests of one backup's files: {@code backup.json} has its own seal and the digest of {@code
 * SHA256SUMS}, which has the digests of the dump, the index segment and all other files.
 */
public final class BackupFiles {

  private final Layout layout;
  private final PublishedBackups published;

  BackupFiles(Layout layout, PublishedBackups published) {
    this.layout = layout;
    this.published = published;
  }

  /**
   * Reads all files and checks their digests. If {@code SHA256SUMS} itself is damaged, it checks
   * only the dump, whose digest {@code backup.json} has too.
   *
   * @return the damaged files, by their paths from the root; empty if all are valid
   */
  public List<Damage> check(RunId id) throws IOException {
    Optional<ObjectNode> document = published.document(id);
    if (document.isEmpty()) {
      return List.of(sealBroken(layout.backupJson(id), "a published backup"));
    }
    Path sums = layout.checksums(id);
    Optional<Damage> broken = broken(sums, document.get().path("sha256sums").asText());
    List<Damage> found = new ArrayList<>();
    if (broken.isPresent()) {
      found.add(broken.get());
      // The document has the digest of the dump too, which is enough for a restore.
      JsonNode dump = document.get().path("dump");
      try {
        Path file = PlainFiles.child(layout.backup(id), dump.path("file").asText());
        broken(file, dump.path("sha256").asText()).ifPresent(found::add);
      } catch (UnsafeFileException e) {
        found.add(leaves(layout.backupJson(id), e));
      }
      return found;
    }
    Checksums checksums = Checksums.parse(layout.files().document(sums));
    dumpNotProven(id, document.get(), checksums).ifPresent(found::add);
    for (Map.Entry<String, String> named : checksums.digestByPath().entrySet()) {
      try {
        broken(layout.fileOf(id, named.getKey()), named.getValue()).ifPresent(found::add);
      } catch (UnsafeFileException e) {
        found.add(leaves(sums, e));
      }
    }
    return found;
  }

  /**
   * A file in the backup's folder, after checking that its bytes are the published ones.
   *
   * @return empty if the backup was published without this file
   * @throws Problem of kind REPOSITORY when the file, or a document with its digest, is damaged
   */
  public Optional<Path> proven(RunId id, String name) {
    Path file = layout.backup(id).resolve(name);
    Optional<Checksums> checksums = published.checksums(id);
    Optional<String> digest = checksums.flatMap(sums -> sums.of(layout.relative(file)));
    if (checksums.isPresent() && digest.isEmpty()) {
      return Optional.empty();
    }
    if (digest.isEmpty() || broken(file, digest.get()).isPresent()) {
      throw new Problem(
          Kind.REPOSITORY,
          layout.relative(file)
              + ", or backup.json or SHA256SUMS beside it, is damaged: 'verify "
              + id
              + "' names it. Restore it from a copy of the repository");
    }
    return Optional.of(file);
  }

  /** Reports a dump whose digest is not in the checksums: its content cannot be checked. */
  private Optional<Damage> dumpNotProven(RunId id, ObjectNode document, Checksums checksums) {
    JsonNode dump = document.path("dump");
    if (!dump.isObject()) {
      return Optional.empty();
    }
    try {
      Path file = PlainFiles.child(layout.backup(id), dump.path("file").asText());
      return checksums.of(layout.relative(file)).isPresent()
          ? Optional.empty()
          : Optional.of(
              damage(file, Damage.Kind.UNREADABLE, "a digest in SHA256SUMS", "no such line"));
    } catch (UnsafeFileException e) {
      return Optional.of(leaves(layout.backupJson(id), e));
    }
  }

  /** The damage of the repository's identity file, if any. A restore does not need this file. */
  public Optional<Damage> checkIdentity() throws IOException {
    Path file = layout.identity();
    return layout.files().sealed(file).isPresent()
        ? Optional.empty()
        : Optional.of(sealBroken(file, "the repository's binding"));
  }

  /** The damage of a document that has no valid seal. */
  private Damage sealBroken(Path file, String what) {
    try {
      layout.files().document(file);
      return damage(file, Damage.Kind.DIGEST, "the seal in it", "bytes with another seal");
    } catch (NoSuchFileException e) {
      return damage(file, Damage.Kind.LOST, what, "no such file");
    } catch (IOException e) {
      return damage(file, Damage.Kind.UNREADABLE, what, String.valueOf(e));
    }
  }

  /** A document names a file outside the backup, which is not read. */
  private Damage leaves(Path document, UnsafeFileException name) {
    return damage(
        document,
        Damage.Kind.UNREADABLE,
        "names of the backup's own files",
        String.valueOf(name.getReason()));
  }

  /** The damage of {@code file}; empty if its digest is {@code sha256}. */
  private Optional<Damage> broken(Path file, String sha256) {
    try {
      String found = layout.files().sha256(file);
      return found.equals(sha256)
          ? Optional.empty()
          : Optional.of(damage(file, Damage.Kind.DIGEST, sha256, found));
    } catch (NoSuchFileException e) {
      return Optional.of(damage(file, Damage.Kind.LOST, sha256, "no such file"));
    } catch (IOException e) {
      return Optional.of(damage(file, Damage.Kind.UNREADABLE, sha256, String.valueOf(e)));
    }
  }

  private Damage damage(Path file, Damage.Kind kind, String expected, String found) {
    return new Damage(layout.relative(file), kind, expected, found);
  }
}
