package io.parsecbackup.backup.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.folder.FileDates;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageChecksTest {

  @TempDir Path folder;

  private List<CheckResult> of(StableStorage storage) {
    return StorageChecks.of(new FolderStorage(folder.resolve("new"), storage));
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
}
