package io.parsecbackup.dump.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.ScriptReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Copies pg_dump's script as a stream without the statements that must not run. Rows, strings and
 * function bodies that look like such statements are copied.
 *
 * @param exclusions as pg_restore's {@code --no-owner --no-privileges} and {@code --no-tablespaces}
 * @param forOlderServer leaves out {@code transaction_timeout}, which servers before 17 do not know
 */
record ScriptFilter(RestoreExclusions exclusions, boolean forOlderServer) {

  private static final Pattern OWNERS =
      Pattern.compile(
          "ALTER .* OWNER TO (?:\"(?:[^\"]|\"\")*\"|[^\" ;]+);"
              + "|(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|SET SESSION AUTHORIZATION) .*;");

  /**
   * Copies all of {@code in}.
   *
   * @param progress receives the bytes read so far
   * @throws Problem of kind DATABASE if the script ends in the middle of a table, or contains a
   *     command of psql that pg_dump does not write into a script for one database
   */
  void copy(InputStream in, OutputStream out, LongConsumer progress) throws IOException {
    ScriptReader script = new ScriptReader(in);
    long bytes = 0;
    long told = 0;
    while (script.next()) {
      bytes += script.length();
      if (bytes - told > 1 << 20) {
        told = bytes;
        progress.accept(bytes);
      }
      if (script.isData() || !script.isBetweenStatements() || passes(script)) {
        out.write(script.buffer(), script.from(), script.length());
      }
    }
    if (script.isInsideBlock()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The dump ends in the middle of a table's rows. Restore another backup.");
    }
    progress.accept(bytes);
  }

  private boolean passes(ScriptReader script) {
    return switch (script.buffer()[script.from()]) {
      case '\\' -> requireHarmless(script.text());
      // pg_dump puts large objects into a transaction, which would end this one.
      case 'B', 'C' -> !script.text().equals("BEGIN;") && !script.text().equals("COMMIT;");
      case 'A', 'G', 'R', 'S' -> {
        String line = script.text();
        yield !(exclusions.owners() && OWNERS.matcher(line).matches())
            && !(exclusions.tablespaces() && line.startsWith("SET default_tablespace = "))
            && !(forOlderServer && line.equals("SET transaction_timeout = 0;"));
      }
      default -> true;
    };
  }

  private static boolean requireHarmless(String command) {
    if (!command.startsWith("\\restrict ") && !command.startsWith("\\unrestrict ")) {
      String name = command.split("\\s", 2)[0];
      throw new Problem(
          Problem.Kind.DATABASE,
          "The script contains psql's command "
              + name
              + ", which could connect to another database. Dump without --create, or check and remove that line.");
    }
    return true;
  }
}
