package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.parts.DumpParts;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jboss.logging.Logger;

/**
 * The digests of one backup's files: {@code backup.json} has its own seal and the digest of {@code
 * SHA256SUMS}, which has the digests of the dump, the index segment and all other files.
 */
public final class BackupFiles {

  private static final Logger LOG = Logger.getLogger(BackupFiles.class);

  private final Storage storage;
  private final Documents documents;
  private final PublishedBackups published;

  BackupFiles(Storage storage, PublishedBackups published) {
    this.storage = storage;
    this.documents = new Documents(storage);
    this.published = published;
  }

  /**
   * Reads all files and checks their digests. If {@code SHA256SUMS} itself is damaged, it checks
   * only the dump, if there is one: {@code backup.json} has its digest too.
   *
   * @return the damaged files, by their paths from the root; empty if all are valid
   */
  public List<Damage> check(RunId id) throws IOException {
    Optional<ObjectNode> document = published.document(id);
    if (document.isEmpty()) {
      return List.of(sealBroken(Layout.backupJson(id), "a published backup"));
    }
    String sums = Layout.checksums(id);
    Optional<Damage> broken = broken(sums, document.get().path("sha256sums").asText());
    List<Damage> found = new ArrayList<>();
    if (broken.isPresent()) {
      found.add(broken.get());
      // The document has the digest of the dump too, which is enough for a restore.
      JsonNode dump = document.get().path("dump");
      if (!dump.isObject()) {
        return found;
      }
      try {
        Optional<DumpParts> parts = DumpParts.of(id, dump);
        if (parts.isPresent()) {
          unprovenParts(parts.get()).ifPresent(found::add);
        } else {
          String file = Layout.child(id, dump.path("file").asText());
          broken(file, dump.path("sha256").asText()).ifPresent(found::add);
        }
      } catch (UnsafeFileException e) {
        found.add(leaves(Layout.backupJson(id), e));
      }
      return found;
    }
    Checksums checksums = Checksums.parse(documents.read(sums));
    dumpNotProven(id, document.get(), checksums).ifPresent(found::add);
    for (Map.Entry<String, String> named : checksums.digestByPath().entrySet()) {
      try {
        broken(Layout.fileOf(id, named.getKey()), named.getValue()).ifPresent(found::add);
      } catch (UnsafeFileException e) {
        found.add(leaves(sums, e));
      }
    }
    return found;
  }

  /**
   * A local copy of a file in the backup's folder, after checking that its bytes are the published
   * ones.
   *
   * @return empty if the backup was published without this file
   * @throws Problem of kind REPOSITORY when the file, or a document with its digest, is damaged
   */
  public Optional<Path> proven(RunId id, String name) {
    String file = Layout.backup(id) + "/" + name;
    Optional<Checksums> checksums = published.checksums(id);
    Optional<String> digest = checksums.flatMap(sums -> sums.of(file));
    if (checksums.isPresent() && digest.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (digest.isPresent()) {
        return Optional.of(storage.local(file, digest));
      }
    } catch (IOException e) {
      LOG.debugf("Cannot use a file of a backup: %s", e);
    }
    throw new Problem(
        Kind.REPOSITORY,
        file
            + ", or backup.json or SHA256SUMS beside it, is damaged: 'verify "
            + id
            + "' names it. Restore it from a copy of the repository");
  }

  /**
   * A local copy of a file in the backup's folder that {@link #check} has checked.
   *
   * @return empty if the backup was published without this file
   */
  public Optional<Path> checked(RunId id, String name) throws IOException {
    String file = Layout.backup(id) + "/" + name;
    Optional<String> digest = published.checksums(id).flatMap(sums -> sums.of(file));
    return digest.isEmpty()
        ? Optional.empty()
        : Optional.of(storage.localAgain(file, digest.get()));
  }

  /**
   * As {@link #proven}, for a list that may be encrypted: then its name ends in {@value
   * EncryptedNames#SUFFIX}, and the result decrypts it.
   *
   * @throws Problem as {@link #proven} and {@link Encryption#readable} do
   */
  public Optional<ReadableFile> readable(RunId id, String name, Encryption encryption) {
    Optional<Path> plain = proven(id, name);
    return plain.isPresent()
        ? plain.map(ReadableFile::plain)
        : proven(id, name + EncryptedNames.SUFFIX)
            .map(file -> encryption.readable(name + EncryptedNames.SUFFIX, file));
  }

  private Optional<Damage> unprovenParts(DumpParts parts) throws UnsafeFileException {
    try {
      return parts.damage(parts.read(storage));
    } catch (UnsafeFileException e) {
      throw e;
    } catch (IOException e) {
      String folder = Layout.child(parts.id(), parts.folder());
      return Optional.of(damage(folder, Damage.Kind.UNREADABLE, parts.sha256(), String.valueOf(e)));
    }
  }

  /**
   * The files of a dump that is a folder, which {@link #check} has checked: the digest of each by
   * its name in the folder.
   *
   * @return empty if the dump is one file
   */
  public Optional<SortedMap<String, String>> dumpParts(RunId id) throws IOException {
    Optional<DumpParts> parts =
        published.document(id).flatMap(document -> DumpParts.of(id, document.path("dump")));
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    Optional<Checksums> checksums = published.checksums(id);
    return Optional.of(
        checksums.isPresent() ? parts.get().in(checksums.get()) : parts.get().read(storage));
  }

  /** Reports a dump whose digest is not in the checksums: its content cannot be checked. */
  private Optional<Damage> dumpNotProven(RunId id, ObjectNode document, Checksums checksums) {
    JsonNode dump = document.path("dump");
    if (!dump.isObject()) {
      return Optional.empty();
    }
    try {
      Optional<DumpParts> parts = DumpParts.of(id, dump);
      if (parts.isPresent()) {
        return parts.get().damage(parts.get().in(checksums));
      }
      String file = Layout.child(id, dump.path("file").asText());
      return checksums.of(file).isPresent()
          ? Optional.empty()
          : Optional.of(
              damage(file, Damage.Kind.UNREADABLE, "a digest in SHA256SUMS", "no such line"));
    } catch (UnsafeFileException e) {
      return Optional.of(leaves(Layout.backupJson(id), e));
    }
  }

  /** The damage of the repository's identity file, if any. A restore does not need this file. */
  public Optional<Damage> checkIdentity() throws IOException {
    String file = Layout.IDENTITY;
    return documents.sealed(file).isPresent()
        ? Optional.empty()
        : Optional.of(sealBroken(file, "the repository's binding"));
  }

  /** The damage of a document that has no valid seal. */
  private Damage sealBroken(String file, String what) {
    try {
      documents.read(file);
      return damage(file, Damage.Kind.DIGEST, "the seal in it", "bytes with another seal");
    } catch (NoSuchFileException e) {
      return damage(file, Damage.Kind.LOST, what, "no such file");
    } catch (IOException e) {
      return damage(file, Damage.Kind.UNREADABLE, what, String.valueOf(e));
    }
  }

  /** A document names a file outside the backup, which is not read. */
  private Damage leaves(String document, UnsafeFileException name) {
    return damage(
        document,
        Damage.Kind.UNREADABLE,
        "names of the backup's own files",
        String.valueOf(name.getReason()));
  }

  /** The damage of {@code file}; empty if its digest is {@code sha256}. */
  private Optional<Damage> broken(String file, String sha256) {
    try {
      // A dump has to be here anyway to be read.
      storage.local(file, Optional.of(sha256));
      return Optional.empty();
    } catch (DigestMismatchException e) {
      return Optional.of(damage(file, Damage.Kind.DIGEST, sha256, e.found()));
    } catch (NoSuchFileException e) {
      return Optional.of(damage(file, Damage.Kind.LOST, sha256, "no such file"));
    } catch (IOException e) {
      return Optional.of(damage(file, Damage.Kind.UNREADABLE, sha256, String.valueOf(e)));
    }
  }

  private Damage damage(String file, Damage.Kind kind, String expected, String found) {
    return new Damage(file, kind, expected, found);
  }
}
