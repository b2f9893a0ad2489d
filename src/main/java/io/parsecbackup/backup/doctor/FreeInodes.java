package io.parsecbackup.backup.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How many more files a file system can hold. Java has no API for it, so coreutils' stat is asked.
 */
final class FreeInodes {

  private static final int PATIENCE_SECONDS = 10;

  private FreeInodes() {}

  /** Of the file system that holds {@code folder}; empty where it has no limit, or does not say. */
  static OptionalLong of(Path folder) {
    try {
      Process stat =
          new ProcessBuilder("stat", "-f", "--format=%c %d", folder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        stat.getOutputStream().close();
        if (!stat.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || stat.exitValue() != 0) {
          return OptionalLong.empty();
        }
        return parse(
            new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
      } finally {
        stat.destroyForcibly();
      }
    } catch (IOException e) {
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }

  /**
   * Reads total and free.
   *
   * @param said two numbers; both are 0 on file systems such as btrfs that have no limit
   */
  static OptionalLong parse(String said) {
    String[] numbers = said.split(" ");
    if (numbers.length != 2 || !said.matches("[0-9]{1,18} [0-9]{1,18}")) {
      return OptionalLong.empty();
    }
    return numbers[0].equals("0")
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(numbers[1]));
  }
}
