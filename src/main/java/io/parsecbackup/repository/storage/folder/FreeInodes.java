package io.parsecbackup.repository.storage.folder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The number of files that a file system can still hold. Java has no API for it, so this class runs
 * {@code stat} of coreutils.
 */
final class FreeInodes {

  private static final int TIMEOUT_SECONDS = 10;

  private FreeInodes() {}

  /**
   * The free inodes of the file system of {@code folder}; empty if it has no limit, or does not
   * report one.
   */
  static OptionalLong of(Path folder) {
    try {
      Process stat =
          new ProcessBuilder("stat", "-f", "--format=%c %d", folder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        stat.getOutputStream().close();
        if (!stat.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || stat.exitValue() != 0) {
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
   * Parses the output of {@code stat}.
   *
   * @param output the total and the free inodes; both are 0 on file systems without a limit, such
   *     as btrfs
   */
  static OptionalLong parse(String output) {
    String[] numbers = output.split(" ");
    if (numbers.length != 2 || !output.matches("[0-9]{1,18} [0-9]{1,18}")) {
      return OptionalLong.empty();
    }
    return numbers[0].equals("0")
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(numbers[1]));
  }
}
