package io.parsecbackup.dump;

import io.parsecbackup.dump.archive.DumpFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A dump that was checked and flushed.
 *
 * @param bytes the file's size
 * @param sha256 of the file, lower-case hexadecimal
 * @param pgDumpVersion such as {@code 17.2}
 * @param warnings what pg_dump said on stderr although it succeeded, line by line
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
