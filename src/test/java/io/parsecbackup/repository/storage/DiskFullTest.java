package io.parsecbackup.repository.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskFullTest {

  @ParameterizedTest
  @CsvSource({
    "No space left on device, true",
    "Disk quota exceeded, true",
    "Quota exceeded, true",
    "File too large, true",
    "Read-only file system, false",
    "Input/output error, false",
  })
  void recognizesTheMessagesOfTheOperatingSystem(String reason, boolean isFull) {
    assertEquals(isFull, DiskFull.isCauseOf(new IOException(reason)));
    assertEquals(isFull, DiskFull.isCauseOf(new FileSystemException("/backups/x", null, reason)));
    assertEquals(isFull, DiskFull.isIn("pg_restore: error: could not write: " + reason));
  }

  @Test
  void ignoresTheNameOfTheFile() {
    String name = "/backups/no space left";
    assertFalse(DiskFull.isCauseOf(new FileSystemException(name, null, "Input/output error")));
    assertFalse(DiskFull.isCauseOf(new IOException()));
  }
}
