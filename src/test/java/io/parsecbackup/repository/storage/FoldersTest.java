package io.parsecbackup.repository.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {

  @Test
  void findsTheNearestFolderThatExists(@TempDir Path folder) {
    assertEquals(folder, Folders.nearestExisting(folder.resolve("a/b/c")));
    assertEquals(folder, Folders.nearestExisting(folder));
    assertEquals(folder.getRoot(), Folders.nearestExisting(folder.getRoot()));
  }
}
