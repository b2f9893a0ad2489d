package io.parsecbackup.repository;

import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FolderObjectFilesTest extends ObjectFilesContract {

  @TempDir Path folder;

  @Override
  protected Storage newStorage() {
    return new FolderStorage(folder, new StableStorage());
  }
}
