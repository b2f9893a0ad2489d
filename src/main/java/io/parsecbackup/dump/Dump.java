package io.parsecbackup.dump;

import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.repository.encryption.EncryptedNames;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checked dump on stable storage.
 *
 * @param file the file, or the folder of the format {@code directory}
 * @param bytes the size of the file, or of all files in the folder
 * @param sha256 the digest of the file, in lower-case hexadecimal, or {@link
 *     io.parsecbackup.repository.storage.Checksums#ofFolder} of the folder
 * @param pgDump the version of the pg_dump that made it
 * @param warnings the lines of pg_dump's stderr, although it succeeded
 * @param digests the digest of each file in the folder, by its name; empty if it is one file
 */
public record Dump(
    Path file,
    DumpFormat format,
    long bytes,
    String sha256,
    PgVersion pgDump,
    List<String> warnings,
    SortedMap<String, String> digests) {

  public Dump {
    warnings = List.copyOf(warnings);
    digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
  }

  /** The files to publish, each with its digest. */
  public Map<Path, String> files() {
    if (!format.isFolder()) {
      return Map.of(file, sha256);
    }
    Map<Path, String> files = new LinkedHashMap<>();
    digests.forEach((name, digest) -> files.put(file.resolve(name), digest));
    return files;
  }

  /** Whether the file, or each file in the folder, is encrypted. */
  public boolean isEncrypted() {
    return files().keySet().stream()
        .allMatch(path -> EncryptedNames.isEncrypted(String.valueOf(path.getFileName())));
  }
}
