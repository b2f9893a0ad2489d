package io.parsecbackup.repository.storage.folder;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.google.common.jimfs.PathNormalization;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemProbeTest {

  @TempDir Path here;

  @Test
  void acceptsThisMachinesFileSystemAndLeavesNothing() throws IOException {
    Path probe = Files.createDirectory(here.resolve("probe"));
    FileSystemProbe.check(probe);
    assertFalse(Files.exists(probe));
  }

  @Test
  void refusesOneThatMergesNamesByCase() throws IOException {
    refuses(PathNormalization.CASE_FOLD_ASCII);
  }

  @Test
  void refusesOneThatMergesNamesByUnicodeForm() throws IOException {
    refuses(PathNormalization.NFC);
  }

  private static void refuses(PathNormalization merging) throws IOException {
    Configuration.Builder merges =
        Configuration.unix().toBuilder().setNameCanonicalNormalization(merging);
    try (FileSystem fileSystem = Jimfs.newFileSystem(merges.build())) {
      Path probe = Files.createDirectory(fileSystem.getPath("/probe"));
      Problem refusal = assertThrows(Problem.class, () -> FileSystemProbe.check(probe));
      assertTrue(String.valueOf(refusal.getMessage()).contains("case or Unicode form"));
      assertFalse(Files.exists(probe));
    }
  }
}
