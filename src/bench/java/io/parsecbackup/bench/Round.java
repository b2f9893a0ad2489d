package io.parsecbackup.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One run of a program, as a line of a table.
 *
 * @param dump seconds of the run in which pg_dump was running; empty for programs without pg_dump
 */
record Round(String program, Timed timed, OptionalDouble dump, Requests requests) {

  static final String HEAD =
      """
      | | wall | of it pg_dump | CPU | resident | list requests | GET | HEAD |
      |---|---|---|---|---|---|---|---|
      """;

  /** A line for the rounds of one program: the round of median duration, and all durations. */
  static String line(List<Round> rounds) {
    Round median =
        rounds.stream()
            .sorted(Comparator.comparingDouble(round -> round.timed.seconds()))
            .toList()
            .get(rounds.size() / 2);
    String all =
        rounds.stream()
            .map(round -> seconds(round.timed.seconds()))
            .collect(Collectors.joining(", ", " (", ")"));
    Timed timed = median.timed;
    return String.format(
        Locale.ROOT,
        "| %s | %s s%s | %s | %.1f s | %.0f MB | %,d | %,d | %,d |",
        median.program,
        seconds(timed.seconds()),
        rounds.size() > 1 ? all : "",
        median.dump.isPresent() ? seconds(median.dump.getAsDouble()) + " s" : "",
        timed.cpuSeconds(),
        timed.megabytes(),
        median.requests.lists(),
        median.requests.gets(),
        median.requests.heads());
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }
}
