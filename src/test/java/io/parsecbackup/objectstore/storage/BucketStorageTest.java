package io.parsecbackup.objectstore.storage;

import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageContract;
import io.parsecbackup.testing.EmbeddedS3;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

class BucketStorageTest extends StorageContract {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set by newStorage(), which the contract calls first
  private BucketScenario scenario;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Override
  protected Storage newStorage() {
    scenario = BucketScenario.in(SERVER, folder);
    return again();
  }

  @Override
  protected Storage again() {
    return scenario.open();
  }
}
