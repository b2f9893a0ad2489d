package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.DiskFull;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** Free space for a dump: the check before it, and the error of a write without space. */
final class FreeSpace {

  /** For the growth of the database since the last dump. */
  private static final double GROWTH = 1.1;

  /** For the files beside the dump. */
  private static final long MARGIN = 64L << 20;

  private FreeSpace() {}

  static void require(Path folder, OptionalLong lastDumpBytes) {
    if (lastDumpBytes.isEmpty()) {
      return;
    }
    OptionalLong free = free(folder);
    long needed = (long) (lastDumpBytes.getAsLong() * GROWTH) + MARGIN;
    if (free.isPresent() && free.getAsLong() < needed) {
      throw new Problem(
          Problem.Kind.SPACE,
          "Not enough space for a dump: the file system of %s has %s free, and %s are needed (the last dump's %s, a tenth more, and 64 MiB). Free space there, or move the repository."
              .formatted(
                  folder, text(free.getAsLong()), text(needed), text(lastDumpBytes.getAsLong())));
    }
  }

  /** The error for a failed write: of kind SPACE if the file cannot grow, else INTERNAL. */
  static Problem writeFailed(Path file, long written, IOException failure) {
    String reason = String.valueOf(failure.getMessage());
    if (failure instanceof FileSystemException e && e.getReason() != null) {
      reason = e.getReason();
    }
    if (!DiskFull.isIn(reason)) {
      return new Problem(
          Problem.Kind.INTERNAL,
          "Could not write the dump to " + file + ": " + reason + ". It was removed.",
          failure);
    }
    Path folder = file.toAbsolutePath().getParent();
    OptionalLong free = folder == null ? OptionalLong.empty() : free(folder);
    return new Problem(
        Problem.Kind.SPACE,
        "The dump did not fit on the file system of %s: after %s writing failed with \"%s\"%s. The dump was removed: free space there, or raise the quota or limit."
            .formatted(
                folder,
                text(written),
                reason,
                free.isPresent() ? ", with " + text(free.getAsLong()) + " free" : ""),
        failure);
  }

  /** Empty if the file system does not report it, as some remote ones do not. */
  private static OptionalLong free(Path folder) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      return free < 0 ? OptionalLong.empty() : OptionalLong.of(free);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  static String text(long bytes) {
    if (bytes < 1 << 20) {
      return bytes + " bytes";
    }
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20))
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
  }
}
