package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chain of digests of one backup: {@code backup.json} proves itself and {@code SHA256SUMS},
 * which proves the dump, the index segment and whatever else belongs to it.
 */
public final class BackupFiles {

  private final Layout layout;
  private final PublishedBackups published;

  BackupFiles(Layout layout, PublishedBackups published) {
    this.layout = layout;
    this.published = published;
  }

  /**
   * Reads every link of the chain; where {@code SHA256SUMS} itself is broken, the dump alone, whose
   * digest {@code backup.json} has too.
   *
   * @return what is not as it was published, files by their paths from the root; nothing when all
   *     is whole
   */
  public List<Damage> check(RunId id) throws IOException {
    Optional<ObjectNode> document = published.document(id);
    if (document.isEmpty()) {
      Path json = layout.backupJson(id);
      return List.of(
          Files.exists(json)
              ? damage(json, Damage.Kind.DIGEST, "the seal in it", "bytes with another seal")
              : damage(json, Damage.Kind.LOST, "a published backup", "no such file"));
    }
    Path sums = layout.checksums(id);
    Optional<Damage> broken = broken(sums, document.get().path("sha256sums").asText());
    List<Damage> found = new ArrayList<>();
    if (broken.isPresent()) {
      found.add(broken.get());
      // The one file of them that the document proves itself, for a restore to go by.
      JsonNode dump = document.get().path("dump");
      broken(layout.backup(id).resolve(dump.path("file").asText()), dump.path("sha256").asText())
          .ifPresent(found::add);
      return found;
    }
    Checksums checksums = Checksums.parse(Files.readAllBytes(sums));
    for (Map.Entry<String, String> file : checksums.digestByPath().entrySet()) {
      broken(layout.root().resolve(file.getKey()), file.getValue()).ifPresent(found::add);
    }
    return found;
  }

  /** What is wrong with the repository's own document, which a restore can do without. */
  public Optional<Damage> checkIdentity() throws IOException {
    Path file = layout.identity();
    if (!Files.exists(file)) {
      return Optional.of(
          damage(file, Damage.Kind.LOST, "the repository's binding", "no such file"));
    }
    return SealedJson.open(Files.readAllBytes(file)).isPresent()
        ? Optional.empty()
        : Optional.of(
            damage(file, Damage.Kind.DIGEST, "the seal in it", "bytes with another seal"));
  }

  /** What is wrong with {@code file}, if its bytes are not those of {@code sha256}. */
  private Optional<Damage> broken(Path file, String sha256) {
    if (!Files.exists(file)) {
      return Optional.of(damage(file, Damage.Kind.LOST, sha256, "no such file"));
    }
    try {
      String found = Sha256.of(file);
      return found.equals(sha256)
          ? Optional.empty()
          : Optional.of(damage(file, Damage.Kind.DIGEST, sha256, found));
    } catch (IOException e) {
      return Optional.of(damage(file, Damage.Kind.UNREADABLE, sha256, String.valueOf(e)));
    }
  }

  private Damage damage(Path file, Damage.Kind kind, String expected, String found) {
    return new Damage(layout.relative(file), kind, expected, found);
  }
}
