package io.parsecbackup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Places for what must not lie in the repository, for their owner alone. */
public final class TemporaryFolder {

  private TemporaryFolder() {}

  /**
   * Makes one, where TMPDIR says, which Java does not heed by itself, or else in the system's usual
   * place. It is the caller's to remove.
   */
  public static Path create() throws IOException {
    String place = System.getenv("TMPDIR");
    return place == null || place.isBlank()
        ? Files.createTempDirectory("parsec-backup-")
        : Files.createTempDirectory(Path.of(place), "parsec-backup-");
  }
}
