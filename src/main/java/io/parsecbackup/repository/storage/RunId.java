package io.parsecbackup.repository.storage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The id of a run and of the backup that it publishes: a UTC second, {@code 20261122T020000Z}. Text
 * order is time order.
 */
public record RunId(String text) implements Comparable<RunId> {

  private static final Pattern FORM = Pattern.compile("[0-9]{8}T[0-9]{6}Z");
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  public static RunId at(Instant instant) {
    return new RunId(SECOND.format(instant));
  }

  /** The id in {@code text}; empty if it is not a valid id. */
  public static Optional<RunId> parse(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    RunId id = new RunId(text);
    try {
      return id.equals(at(id.instant())) ? Optional.of(id) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The ids in those of {@code names} that end in {@code suffix}, oldest first. */
  public static List<RunId> all(Collection<String> names, String suffix) {
    return names.stream()
        .filter(name -> name.endsWith(suffix))
        .map(name -> parse(name.substring(0, name.length() - suffix.length())))
        .flatMap(Optional::stream)
        .sorted()
        .toList();
  }

  public Instant instant() {
    return Instant.from(SECOND.parse(text));
  }

  /** The id of the next second. */
  public RunId next() {
    return at(instant().plus(1, ChronoUnit.SECONDS));
  }

  @Override
  public int compareTo(RunId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
