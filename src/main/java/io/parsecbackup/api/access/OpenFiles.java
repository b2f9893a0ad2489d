package io.parsecbackup.api.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limit of open files of this process, sockets included, from {@code /proc/self/limits}
 * (proc_pid_limits(5)).
 */
final class OpenFiles {

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+)\\s.*");

  private OpenFiles() {}

  /** The soft limit; empty if it is unlimited or cannot be determined. */
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
