package io.parsecbackup.repository.storage.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreeInodesTest {

  @Test
  void reportsFewInodesAsANote() {
    assertThrows(Problem.class, () -> FolderChecks.inodes(OptionalLong.of(0)));
    assertTrue(FolderChecks.inodes(OptionalLong.of(99_999)).getFirst().isNote());
    assertFalse(FolderChecks.inodes(OptionalLong.of(100_000)).getFirst().isNote());
    assertEquals(List.of(), FolderChecks.inodes(OptionalLong.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {"1000 10, 10", "0 0, none", "? ?, none", "'', none", "5, none"})
  void readsTheOutputOfStat(String said, Long free) {
    assertEquals(
        free == null ? OptionalLong.empty() : OptionalLong.of(free), FreeInodes.parse(said));
  }
}
