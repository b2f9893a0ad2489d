package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.regex.Pattern;

/**
 * Recognizes by its message that a file could not grow: the disk, a quota or a limit is reached.
 */
public final class DiskFull {

  /** ENOSPC, EDQUOT and EFBIG in the words of glibc, musl and macOS. */
  private static final Pattern MESSAGE =
      Pattern.compile("no space left|quota exceeded|file too large", Pattern.CASE_INSENSITIVE);

  private DiskFull() {}

  /** Whether {@code failure} is the operating system's report of a full disk, quota or limit. */
  public static boolean isCauseOf(IOException failure) {
    String reason =
        failure instanceof FileSystemException disk && disk.getReason() != null
            ? disk.getReason()
            : failure.getMessage();
    return reason != null && isIn(reason);
  }

  /** Whether a program's output reports a full disk, quota or limit. */
  public static boolean isIn(String output) {
    return MESSAGE.matcher(output).find();
  }
}
