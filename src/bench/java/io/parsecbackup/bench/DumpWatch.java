package io.parsecbackup.bench;

import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A folder of PostgreSQL's programs for {@code parsec.backup.pg-bin}. Its {@code pg_dump} records
 * how long it ran.
 */
record DumpWatch(Path bin, Path figures) {

  /** The version of the tests' servers. */
  private static final PgVersion SERVER = PgVersion.of("15");

  static DumpWatch in(Path folder) throws IOException {
    PgTools.Tools tools = PgTools.find(Optional.empty(), System.getenv()).toolsFor(SERVER);
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path figures = folder.resolve("pg_dump.seconds");
    Path dump = bin.resolve("pg_dump");
    Files.writeString(
        dump,
        "#!/bin/sh\nexec /usr/bin/time -a -o '%s' -f %%e '%s' \"$@\"\n"
            .formatted(figures, tools.pgDump()));
    Files.setPosixFilePermissions(dump, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(bin.resolve("pg_restore"), tools.pgRestore());
    Files.createSymbolicLink(bin.resolve("psql"), tools.psql());
    return new DumpWatch(bin, figures);
  }

  /**
   * The seconds that the dumps took since the last call. Runs that only print the version are
   * included, but take almost no time.
   */
  double seconds() throws IOException {
    double seconds = Files.readAllLines(figures).stream().mapToDouble(Double::parseDouble).sum();
    Files.delete(figures);
    return seconds;
  }
}
