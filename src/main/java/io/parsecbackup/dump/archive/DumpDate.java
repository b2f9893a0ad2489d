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
 * When a dump was made that another hand has made. A date that is too early only makes a backup
 * look older than it is; one that is too late promises what is not in it.
 */
public final class DumpDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final int LENGTH = "2026-11-22 02:00:00".length();

  private DumpDate() {}

  /**
   * The dump's own date, where it tells one, else the file's.
   *
   * @param startedOn as {@link DumpFacts#startedOn}
   * @param written when the file was last written: no dump is younger
   * @param warning is told what is not certain about it
   */
  public static Instant of(
      Optional<ArchiveHeader> head,
      Optional<String> startedOn,
      Instant written,
      Consumer<String> warning) {
    Optional<Instant> own =
        head.map(ArchiveHeader::createdAt)
            .map(local -> inOurZone(local, warning))
            .or(() -> startedOn.flatMap(text -> parse(text, warning)));
    if (own.isEmpty()) {
      warning.accept(
          "the dump does not tell when it was made: its date is the file's modification time");
      return written;
    }
    if (own.get().isAfter(written)) {
      warning.accept(
          "by its own date the dump was made at "
              + own.get()
              + ", after its file was last written: its date is the file's modification time");
      return written;
    }
    return own.get();
  }

  private static Optional<Instant> parse(String text, Consumer<String> warning) {
    try {
      LocalDateTime local =
          LocalDateTime.parse(text.substring(0, Math.min(LENGTH, text.length())), FORMAT);
      String zone = text.substring(LENGTH).strip();
      // Other abbreviations mean several zones each.
      return Optional.of(
          zone.equals("UTC") || zone.equals("GMT")
              ? local.toInstant(ZoneOffset.UTC)
              : inOurZone(local, warning));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Instant inOurZone(LocalDateTime local, Consumer<String> warning) {
    ZoneId zone = ZoneId.systemDefault();
    warning.accept(
        "the dump tells its date, "
            + FORMAT.format(local)
            + ", without a time zone: it was taken for one of this machine's zone, "
            + zone);
    return local.atZone(zone).toInstant();
  }
}
