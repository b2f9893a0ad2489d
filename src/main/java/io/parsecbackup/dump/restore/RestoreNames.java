package io.parsecbackup.dump.restore;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Names for databases beside the target. PostgreSQL's names have at most 63 bytes. */
final class RestoreNames {

  private static final int LONGEST = 63;

  /** The form of a backup's id. */
  private static final String ID = "20261122t020000z";

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuuMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private RestoreNames() {}

  /** The name of the new database until the swap. */
  static String made(String target, String backupId) {
    return join(target, "_restore_" + backupId.toLowerCase(Locale.ROOT));
  }

  /** Whether a restore into {@code target} uses such a name for its new database. */
  static boolean isMade(String target, String name) {
    String id = name.substring(Math.max(0, name.length() - ID.length()));
    return id.matches("\\d{8}t\\d{6}z") && name.equals(made(target, id));
  }

  /** The name of the database that was replaced at that time. */
  static String kept(String target, Instant at) {
    return join(target, "_before_" + SECOND.format(at));
  }

  /** Shortens {@code start} by whole characters if the name would be too long. */
  private static String join(String start, String end) {
    int room = LONGEST - end.getBytes(StandardCharsets.UTF_8).length;
    int length = start.length();
    while (start.substring(0, length).getBytes(StandardCharsets.UTF_8).length > room) {
      length = start.offsetByCodePoints(length, -1);
    }
    return start.substring(0, length) + end;
  }
}
