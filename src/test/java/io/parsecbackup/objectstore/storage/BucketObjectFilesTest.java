package io.parsecbackup.objectstore.storage;

import io.parsecbackup.repository.ObjectFilesContract;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.testing.EmbeddedS3;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

class BucketObjectFilesTest extends ObjectFilesContract {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();

  @TempDir Path folder;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Override
  protected Storage newStorage() {
    return BucketScenario.in(SERVER, folder).open();
  }
}
