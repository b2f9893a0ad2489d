package io.parsecbackup.backup.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.FileDates;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageChecksTest {

  @TempDir Path folder;

  private List<CheckResult> of(StableStorage storage) {
    return StorageChecks.of(Repository.at(folder.resolve("new"), storage));
  }

  private static CheckResult find(List<CheckResult> found, String party) {
    return found.stream().filter(health -> health.check().equals(party)).findFirst().orElseThrow();
  }

  @Test
  void reportsAFullDiskLikeOneWithoutInodes() {
    StableStorage full =
        new StableStorage(step -> {
          throw new UncheckedIOException(
              new FileSystemException("x", null, "No space left on device"));
        });
    Problem problem = find(of(full), "storage").problem().orElseThrow();
    assertEquals(Problem.Kind.SPACE, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).contains("no inodes"));
  }

  @Test
  void reportsRefusedDatesAsANote() {
    FileDates refusing =
        new FileDates((file, date) -> {
          throw new FileSystemException("x", null, "Operation not permitted");
        });
    List<CheckResult> found = of(new StableStorage(step -> {}, refusing));
    assertEquals("ok", find(found, "storage").state());
    assertEquals("note", find(found, "dates").state());
  }

  @Test
  void reportsFewInodesAsANote() {
    assertEquals("failed", StorageChecks.inodes(0).state());
    assertEquals("note", StorageChecks.inodes(99_999).state());
    assertEquals("ok", StorageChecks.inodes(100_000).state());
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
