package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of row counts is read back as it was written, in byte order. */
class TableRowsTest {

  @TempDir Path folder;

  @Test
  void isSortedByBytesAndReadsBackEveryName() throws IOException {
    TableRows rows =
        new TableRows(
            List.of(
                new TableRows.Table("public", "\uFFFD", 3),
                new TableRows.Table("public", "😀", 4),
                new TableRows.Table("Other", "a\tb\n\\", 0),
                new TableRows.Table("public", "Block", 1L << 40),
                new TableRows.Table("public", "block", 2)));
    Path file = folder.resolve("rows.tsv");
    rows.write(file);
    assertEquals(
        """
        Other\ta\\tb\\n\\\\\t0
        public\tBlock\t1099511627776
        public\tblock\t2
        public\t\uFFFD\t3
        public\t😀\t4
        """,
        Files.readString(file));
    assertEquals(rows, TableRows.read(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"public\tblock", "public\tblock\tmany"})
  void isRefusedIfALineHasNoValidCount(String line) throws IOException {
    Path file = Files.writeString(folder.resolve("rows.tsv"), line + "\n");
    assertThrows(IOException.class, () -> TableRows.read(file));
  }
}
