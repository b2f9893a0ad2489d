package io.parsecbackup.dump.archive;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The date of a dump that was made by hand. A date that is too early only makes a backup look
 * older; a date that is too late promises data that the backup does not contain.
 */
public final class DumpDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final int LENGTH = "2026-11-22 02:00:00".length();

  private DumpDate() {}

  /**
   * The date in the dump, else the file's.
   *
   * @param startedOn as {@link DumpOrigin#startedOn}
   * @param written the file's modification time; the dump cannot be newer
   * @param warning receives what is not certain about the date
   */
  public static Instant of(
      Optional<ArchiveHeader> head,
      Optional<String> startedOn,
      Instant written,
      Consumer<String> warning) {
    Optional<Instant> own =
        head.map(ArchiveHeader::createdAt)
            .map(local -> inLocalZone(local, warning))
            .or(() -> startedOn.flatMap(text -> parse(text, warning)));
    if (own.isEmpty()) {
      warning.accept("the dump does not contain its date; the file's modification time is used");
      return written;
    }
    if (own.get().isAfter(written)) {
      warning.accept(
          "the date in the dump is "
              + own.get()
              + ", after the file's modification time, which is used instead");
      return written;
    }
    return own.get();
  }

  private static Optional<Instant> parse(String text, Consumer<String> warning) {
    try {
      LocalDateTime local =
          LocalDateTime.parse(text.substring(0, Math.min(LENGTH, text.length())), FORMAT);
      String zone = text.substring(LENGTH).strip();
      // Other abbreviations are ambiguous.
      return Optional.of(
          zone.equals("UTC") || zone.equals("GMT")
              ? local.toInstant(ZoneOffset.UTC)
              : inLocalZone(local, warning));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Instant inLocalZone(LocalDateTime local, Consumer<String> warning) {
    ZoneId zone = ZoneId.systemDefault();
    warning.accept(
        "the date in the dump, "
            + FORMAT.format(local)
            + ", has no time zone; this machine's zone is used: "
            + zone);
    return local.atZone(zone).toInstant();
  }
}
