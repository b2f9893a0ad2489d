package io.parsecbackup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Creates temporary folders outside the repository, readable by their owner only. */
public final class TemporaryFolder {

  private static final String PREFIX = "parsec-backup-";
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private TemporaryFolder() {}

  /**
   * Creates one in TMPDIR, which Java does not read by itself. Without TMPDIR uses the system's
   * default, or shared memory, which is writable even in a container with a read-only root file
   * system. The caller removes the folder.
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
