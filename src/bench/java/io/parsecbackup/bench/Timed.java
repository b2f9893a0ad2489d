package io.parsecbackup.bench;

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
 * The cost of a command as a process, including its cold start.
 *
 * @param seconds from its start to its end
 * @param cpuSeconds of the process and its children, user and system
 * @param megabytes its largest resident set
 */
record Timed(double seconds, double cpuSeconds, double megabytes) {

  private static final Pattern FIGURES = Pattern.compile("(?m)^([0-9.]+) ([0-9.]+) ([0-9]+)$");

  /** Runs {@code command} under GNU time and writes its output to {@code log}. */
  static Timed run(Path log, Map<String, String> environment, String... command) throws Exception {
    Path figures = Files.createTempFile("timed", ".txt");
    List<String> timed = new ArrayList<>();
    timed.addAll(List.of("/usr/bin/time", "-o", figures.toString(), "-f", "%U %S %M"));
    timed.addAll(Arrays.asList(command));
    ProcessBuilder builder =
        new ProcessBuilder(timed)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IllegalStateException(command[0] + " ended with " + code + ", see " + log);
    }
    Matcher matcher = FIGURES.matcher(Files.readString(figures));
    if (!matcher.find()) {
      throw new IllegalStateException("GNU time said " + Files.readString(figures));
    }
    Files.delete(figures);
    return new Timed(
        seconds,
        Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(2)),
        Long.parseLong(matcher.group(3)) / 1024.0);
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
