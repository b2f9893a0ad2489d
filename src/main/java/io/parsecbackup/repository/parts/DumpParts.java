package io.parsecbackup.repository.parts;

import com.fasterxml.jackson.databind.JsonNode;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a backup's dump that is a folder. {@code SHA256SUMS} has the digest of each, and
 * {@code backup.json} the digest of the folder: {@link Checksums#ofFolder}.
 */
public record DumpParts(RunId id, String folder, String sha256) {

  /** The format's name in {@code backup.json}. */
  private static final String FORMAT = "directory";

  /**
   * Those of a backup; empty if its dump is one file.
   *
   * @param dump of {@code backup.json}
   */
  public static Optional<DumpParts> of(RunId id, JsonNode dump) {
    return dump.path("format").asText().equals(FORMAT)
        ? Optional.of(new DumpParts(id, dump.path("file").asText(), dump.path("sha256").asText()))
        : Optional.empty();
  }

  /** Whether a file of a backup belongs to its dump. */
  public static boolean isOfDump(String name) {
    return (name + "/").matches(".*/" + Layout.DUMP_FOLDER + "[./].*");
  }

  /** The digest of each file by its name in the folder, as the backup's checksums have it. */
  public SortedMap<String, String> in(Checksums checksums) throws UnsafeFileException {
    SortedMap<String, String> digests = new TreeMap<>();
    String start = Layout.child(id, folder) + "/";
    checksums
        .digestByPath()
        .forEach((name, digest) -> {
          if (name.startsWith(start)) {
            digests.put(name.substring(start.length()), digest);
          }
        });
    return digests;
  }

  /** The digest of each file by its name in the folder, as they are now. Reads all of them. */
  public SortedMap<String, String> read(Storage storage) throws IOException {
    SortedMap<String, String> digests = new TreeMap<>();
    for (String name : storage.children(Layout.child(id, folder))) {
      try (InputStream in = storage.open(Layout.dumpPart(id, folder, name))) {
        digests.put(name, Sha256.of(in));
      }
    }
    return digests;
  }

  /** The damage if these digests are not those of the published folder. */
  public Optional<Damage> damage(SortedMap<String, String> digests) {
    String found = Checksums.ofFolder(digests);
    if (found.equals(sha256)) {
      return Optional.empty();
    }
    String name = Layout.backup(id) + "/" + folder;
    return Optional.of(
        digests.isEmpty()
            ? new Damage(name, Damage.Kind.LOST, sha256, "no files")
            : new Damage(name, Damage.Kind.DIGEST, sha256, found));
  }
}
