package io.parsecbackup.bench;

import io.parsecbackup.postgres.PgTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A folder of PostgreSQL's programs whose {@code pg_dump} writes down how long it was at work, for
 * {@code parsec.backup.pg-bin}.
 */
record DumpWatch(Path bin, Path figures) {

  /** PostgreSQL's own, of the version that the tests' servers have. */
  private static final int SERVER = 150_000;

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

  /** What the dumps took since the last call; to be asked for the version takes next to nothing. */
  double seconds() throws IOException {
    double seconds = Files.readAllLines(figures).stream().mapToDouble(Double::parseDouble).sum();
    Files.delete(figures);
    return seconds;
  }
}
