package io.parsecbackup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Places for what must not lie in the repository, for their owner alone. */
public final class TemporaryFolder {

  private static final String PREFIX = "parsec-backup-";
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private TemporaryFolder() {}

  /**
   * Makes one where TMPDIR says, which Java does not heed by itself; without it in the system's
   * usual place, or in shared memory, which a container with a read-only root file system still
   * has. It is the caller's to remove.
   */
  public static Path create() throws IOException {
    String place = System.getenv("TMPDIR");
    if (place != null && !place.isBlank()) {
      return Files.createTempDirectory(Path.of(place), PREFIX);
    }
    try {
      return Files.createTempDirectory(PREFIX);
    } catch (IOException readOnly) {
      try {
        return Files.createTempDirectory(SHARED_MEMORY, PREFIX);
      } catch (IOException neither) {
        readOnly.addSuppressed(neither);
        throw readOnly;
      }
    }
  }
}
