package io.parsecbackup.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Dumps databases as text, so that tests can compare two of them. */
public final class PgDump {

  /** A random key that newer tools write into each dump. */
  private static final Pattern RESTRICT = Pattern.compile("^\\\\(un)?restrict .*");

  private PgDump() {}

  /** A database as SQL. */
  public static String text(String uri) throws IOException {
    Process dump =
        new ProcessBuilder("pg_dump", "--dbname=" + uri).redirectErrorStream(true).start();
    String said = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (dump.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return said.lines()
        .filter(line -> !RESTRICT.matcher(line).matches())
        .collect(Collectors.joining("\n"));
  }
}
