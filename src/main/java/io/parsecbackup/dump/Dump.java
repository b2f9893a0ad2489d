package io.parsecbackup.dump;

import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.postgres.PgVersion;
import java.nio.file.Path;
import java.util.List;

/**
 * A checked dump on stable storage.
 *
 * @param bytes the size of the file
 * @param sha256 the digest of the file, in lower-case hexadecimal
 * @param pgDump the version of the pg_dump that made it
 * @param warnings the lines of pg_dump's stderr, although it succeeded
 */
public record Dump(
    Path file,
    DumpFormat format,
    long bytes,
    String sha256,
    PgVersion pgDump,
    List<String> warnings) {

  public Dump {
    warnings = List.copyOf(warnings);
  }
}
