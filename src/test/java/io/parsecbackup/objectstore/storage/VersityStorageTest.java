package io.parsecbackup.objectstore.storage;

import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageContract;
import io.parsecbackup.testing.VersityGw;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The same over a server that is not written in Java. */
class VersityStorageTest extends StorageContract {

  @TempDir static Path serverFolder;
  private static VersityGw server;

  @TempDir Path folder;
  private BucketScenario scenario;

  @BeforeAll
  static void start() throws IOException {
    server = VersityGw.assumeInstalled(serverFolder);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected Storage newStorage() throws IOException {
    scenario = BucketScenario.in(server, folder);
    return again();
  }

  @Override
  protected Storage again() {
    return scenario.open();
  }
}
