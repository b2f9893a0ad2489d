package io.parsecbackup.postgres;

import io.parsecbackup.dump.restore.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** PostgreSQL's programs as shell scripts, for failures that the real ones rarely have. */
public final class FakeTools {

  private FakeTools() {}

  /**
   * A folder with a pg_dump that runs {@code script}, and a pg_restore and psql that do nothing.
   */
  public static Path in(Path folder, String script) throws IOException {
    Files.createDirectories(folder);
    write(folder.resolve("pg_dump"), script);
    write(folder.resolve("pg_restore"), "exit 0");
    write(folder.resolve("psql"), "exit 0");
    return folder;
  }

  /**
   * A pg_dump that reports the real version and otherwise runs {@code script}; pg_restore is real.
   */
  public static Path overReal(Path parent, String script) throws IOException {
    PgTools.Tools real = Databases.tools();
    Path folder =
        in(
            parent.resolve("bin"),
            "[ \"$1\" = --version ] && exec '" + real.pgDump() + "' --version\n" + script);
    write(folder.resolve("pg_restore"), "exec '" + real.pgRestore() + "' \"$@\"");
    return folder;
  }

  public static void write(Path program, String script) throws IOException {
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
