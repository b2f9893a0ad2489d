package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an SQL script of pg_dump, or of pg_restore, says of itself. Reads it to its end, in memory
 * that does not grow with it: of each line only the beginning is kept.
 */
final class ScriptScan {

  /** Longer than any line that we read; a row of data may have a GiB. */
  private static final int KEPT = 1024;

  private static final Pattern SERVER =
      Pattern.compile("-- Dumped from database version ([0-9][^ ]*).*");
  private static final Pattern PG_DUMP =
      Pattern.compile("-- Dumped by pg_dump version ([0-9][^ ]*).*");

  /** Only with {@code --verbose}: {@code dumpTimestamp} in PostgreSQL's pg_backup_archiver.c. */
  private static final Pattern STARTED = Pattern.compile("-- Started on (.*)");

  private static final Pattern ENCODING = Pattern.compile("SET client_encoding = '([^']+)';");
  private static final Pattern COPY = Pattern.compile("COPY (\\S+) \\((.*)\\) FROM stdin;");

  private Optional<String> serverVersion = Optional.empty();
  private Optional<String> pgDumpVersion = Optional.empty();
  private Optional<String> startedOn = Optional.empty();
  private Optional<String> encoding = Optional.empty();
  private OptionalInt migration = OptionalInt.empty();
  private boolean inData;

  /** The column of {@code _id} while the rows of {@code migration} pass, else -1. */
  private int idColumn = -1;

  /**
   * Scans {@code script} to its end.
   *
   * @throws io.parsecbackup.Problem of kind CANCELLED
   */
  static ScriptScan of(InputStream script, Cancellation cancellation) throws IOException {
    ScriptScan scan = new ScriptScan();
    byte[] buffer = new byte[1 << 16];
    byte[] line = new byte[KEPT];
    int length = 0;
    for (int n = script.read(buffer); n >= 0; n = script.read(buffer)) {
      cancellation.throwIfCancelled();
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          scan.line(new String(line, 0, length, StandardCharsets.UTF_8));
          length = 0;
        } else if (length < KEPT) {
          line[length++] = buffer[i];
        }
      }
    }
    return scan;
  }

  private void line(String line) {
    if (inData) {
      row(line);
      return;
    }
    if (line.startsWith("COPY ")) {
      Matcher copy = COPY.matcher(line);
      if (copy.matches()) {
        inData = true;
        idColumn =
            copy.group(1).equals("public.migration")
                ? List.of(copy.group(2).split(", ")).indexOf("_id")
                : -1;
      }
      return;
    }
    serverVersion = serverVersion.or(() -> group(SERVER, line));
    pgDumpVersion = pgDumpVersion.or(() -> group(PG_DUMP, line));
    startedOn = startedOn.or(() -> group(STARTED, line));
    encoding = encoding.or(() -> group(ENCODING, line));
  }

  private void row(String line) {
    if (line.equals("\\.")) {
      inData = false;
    } else if (idColumn >= 0) {
      String id = Arrays.asList(line.split("\t", -1)).get(idColumn);
      if (id.matches("[0-9]{1,9}")) {
        migration = OptionalInt.of(Math.max(migration.orElse(0), Integer.parseInt(id)));
      }
    }
  }

  private static Optional<String> group(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  Optional<String> serverVersion() {
    return serverVersion;
  }

  Optional<String> pgDumpVersion() {
    return pgDumpVersion;
  }

  /** The dump's begin, as {@code 2026-11-22 02:00:00 CET}. */
  Optional<String> startedOn() {
    return startedOn;
  }

  Optional<String> encoding() {
    return encoding;
  }

  /** The greatest {@code _id} among the rows of {@code public.migration}. */
  OptionalInt migration() {
    return migration;
  }
}
