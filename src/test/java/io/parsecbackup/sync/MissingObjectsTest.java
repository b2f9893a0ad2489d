package io.parsecbackup.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingObjectsTest {

  @TempDir Path folder;

  @Test
  void makeNoFileWhereThereAreNone() throws IOException {
    Path file = folder.resolve("missing.txt");
    try (MissingObjects missing = new MissingObjects(file)) {
      assertEquals(Optional.empty(), missing.file());
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void areALineEachWhateverTheirKeysHold() throws IOException {
    Path file = folder.resolve("missing.txt");
    try (MissingObjects missing = new MissingObjects(file)) {
      missing.add("日本/a", "404");
      missing.add("tab\tnew\nline\\", "two\nlines");
      missing.add("carriage\rreturn", "x");
      assertEquals(Optional.of(file), missing.file());
    }
    assertEquals(
        List.of("日本/a\t404", "tab\\tnew\\nline\\\\\ttwo\\nlines", "carriage\\rreturn\tx"),
        Files.readAllLines(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }
}
