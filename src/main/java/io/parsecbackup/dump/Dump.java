package io.parsecbackup.dump;

import io.parsecbackup.dump.archive.DumpFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A checked dump on stable storage.
 *
 * @param bytes the size of the file
 * @param sha256 the digest of the file, in lower-case hexadecimal
 * @param pgDumpVersion such as {@code 17.2}
 * @param warnings the lines of pg_dump's stderr, although it succeeded
 */
public record Dump(
    Path file,
    DumpFormat format,
    long bytes,
    String sha256,
    String pgDumpVersion,
    Duration took,
    List<String> warnings) {

  public Dump {
    warnings = List.copyOf(warnings);
  }
}
