package io.parsecbackup.dump;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The names of databases beside the target; PostgreSQL's are 63 bytes long at most. */
final class RestoreNames {

  private static final int LONGEST = 63;

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuuMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private RestoreNames() {}

  /** Of the new database until it gets the target's name. */
  static String made(String target, String backupId) {
    return join(target, "_restore_" + backupId.toLowerCase(Locale.ROOT));
  }

  /** Of the database that was replaced at that time. */
  static String kept(String target, Instant at) {
    return join(target, "_before_" + SECOND.format(at));
  }

  /** Cuts {@code start} between two characters where the whole would be too long. */
  private static String join(String start, String end) {
    int room = LONGEST - end.getBytes(StandardCharsets.UTF_8).length;
    int length = start.length();
    while (start.substring(0, length).getBytes(StandardCharsets.UTF_8).length > room) {
      length = start.offsetByCodePoints(length, -1);
    }
    return start.substring(0, length) + end;
  }
}
