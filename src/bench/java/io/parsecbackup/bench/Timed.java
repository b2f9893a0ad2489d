package io.parsecbackup.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cost of a command as a whole process, including its start.
 *
 * @param seconds from its start to its end
 * @param cpuSeconds user and system time of the process and its children
 * @param megabytes its largest resident set
 */
record Timed(double seconds, double cpuSeconds, double megabytes) {

  private static final Path GNU_TIME = Path.of("/usr/bin/time");
  private static final int LAST_LINES = 20;
  private static final Pattern FIGURES = Pattern.compile("(?m)^([0-9.]+) ([0-9.]+) ([0-9]+)$");

  /**
   * Runs {@code command} under GNU time and appends its output to {@code log}. Its environment has
   * no settings of parsec-backup and rclone but those in {@code environment}.
   *
   * @throws IllegalStateException when it fails; the message has its last lines
   */
  static Timed run(Path log, Map<String, String> environment, String... command) throws Exception {
    if (!Files.isExecutable(GNU_TIME)) {
      throw new IllegalStateException(GNU_TIME + " is missing: install GNU time.");
    }
    Path figures = Files.createTempFile(log.resolveSibling(""), "timed", ".txt");
    List<String> timed = new ArrayList<>();
    timed.addAll(List.of(GNU_TIME.toString(), "-o", figures.toString(), "-f", "%U %S %M"));
    timed.addAll(Arrays.asList(command));
    ProcessBuilder builder =
        new ProcessBuilder(timed)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("PARSEC_") || name.startsWith("RCLONE_"));
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IllegalStateException(
          "%s failed with exit code %d:%n%s"
              .formatted(String.join(" ", command), code, lastLines(log)));
    }
    Matcher matcher = FIGURES.matcher(Files.readString(figures));
    if (!matcher.find()) {
      throw new IllegalStateException(
          "Unexpected output of GNU time: " + Files.readString(figures));
    }
    Files.delete(figures);
    return new Timed(
        seconds,
        Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(2)),
        Long.parseLong(matcher.group(3)) / 1024.0);
  }

  private static String lastLines(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  /** The run of median duration. */
  static Timed median(List<Timed> runs) {
    return runs.stream()
        .sorted((a, b) -> Double.compare(a.seconds(), b.seconds()))
        .toList()
        .get(runs.size() / 2);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%.1f s, %.1f s CPU, %.0f MB resident", seconds, cpuSeconds, megabytes);
  }
}
