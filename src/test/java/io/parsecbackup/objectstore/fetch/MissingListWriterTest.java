package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.parsecbackup.repository.MissingList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingListWriterTest {

  /** Terminal control characters; the last part is a backslash and three characters. */
  private static final String OBEYED = "\u001b]0;x\u0007 \u202e\udb40\udc01 \\x1b";

  @TempDir Path folder;

  @Test
  void createsNoFileWithoutEntries() throws IOException {
    Path file = folder.resolve("missing.txt");
    try (MissingListWriter missing = new MissingListWriter(file)) {
      assertEquals(Optional.empty(), missing.file());
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void writesOneLineForEachObjectWhateverItsKeyContains() throws IOException {
    Path file = folder.resolve("missing.txt");
    try (MissingListWriter missing = new MissingListWriter(file)) {
      missing.add("日本/a", "404");
      missing.add("tab\tnew\nline\\", "two\nlines");
      missing.add("carriage\rreturn", "x");
      missing.add(OBEYED, "the server said \u001b[2J");
      assertEquals(Optional.of(file), missing.file());
    }
    assertEquals(
        List.of(
            "日本/a\t404",
            "tab\\tnew\\nline\\\\\ttwo\\nlines",
            "carriage\\rreturn\tx",
            "\\x1b]0;x\\x07 \\u202e\\udb40\\udc01 \\\\x1b\tthe server said \\x1b[2J"),
        Files.readAllLines(file));
    try (MissingList list = new MissingList(file)) {
      List<MissingList.Line> lines = new ArrayList<>();
      list.forEachRemaining(lines::add);
      assertEquals(OBEYED, lines.getLast().key());
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }
}
