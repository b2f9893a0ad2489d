package io.parsecbackup.api.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many files this process may hold open, sockets included. Linux tells it in {@code
 * /proc/self/limits} (proc_pid_limits(5)).
 */
final class OpenFiles {

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+)\\s.*");

  private OpenFiles() {}

  /** The soft limit; empty where it cannot be determined, or there is none. */
  static OptionalLong limit() {
    try {
      return limit(Files.readAllLines(LIMITS));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong limit(List<String> lines) {
    return lines.stream()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .mapToLong(line -> Long.parseLong(line.group(1)))
        .findFirst();
  }
}
