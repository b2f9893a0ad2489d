package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.objectstore.storage.BucketProtection.ObjectLock;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageContract;
import io.parsecbackup.testing.VersityGw;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same over a server that is not written in Java. */
class VersityStorageTest extends StorageContract {

  @TempDir static Path serverFolder;
  private static VersityGw server;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set by newStorage(), which the contract calls first
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

  @Test
  void passesTheProbeAndTakesFilesInParts() throws IOException {
    try (BucketStorage storage = scenario.open()) {
      assertEquals(new BucketCapabilities(true, true, true), storage.capabilities());
      assertEquals(Optional.empty(), storage.protection().lock());
      byte[] bytes = new byte[BucketScenario.PART + 1];
      storage.createFolders();
      Path file = Files.write(storage.scratch().resolve("dump"), bytes);
      storage.put(NewFile.ifAbsent("backups/x/dump", Content.of(file, Sha256.of(bytes))));
      try (InputStream in = storage.open("backups/x/dump")) {
        assertArrayEquals(bytes, in.readAllBytes());
      }
      assertEquals(0, storage.abortUnfinishedUploads());
    }
  }

  @Test
  void backsUpIntoABucketWithObjectLock() throws IOException {
    String name = "locked-" + UUID.randomUUID();
    server.createLockedBucket(name);
    BucketScenario locked =
        new BucketScenario(
            new Blockstore.S3(
                scenario.bucket().endpoint(),
                "us-east-1",
                name,
                VersityGw.ACCESS_KEY,
                VersityGw.SECRET_KEY),
            "",
            folder);
    try (BucketStorage storage = locked.open()) {
      storage.probe();
      BucketProtection protection = storage.protection();
      assertEquals(Optional.of("Enabled"), protection.versioning());
      assertEquals(Optional.of(new ObjectLock(Optional.of("COMPLIANCE"), 1)), protection.lock());
      try (RepositoryLocks.Held held = storage.locks().exclusive("backup")) {
        held.announce(new RunId("20261122T020000Z"));
        storage.put(NewFile.ifAbsent("objects/a", Content.of(new byte[10])));
        held.requireHeld();
      }
      // With versions, a deletion only hides the object. Without, it is refused.
      try {
        storage.delete("objects/a");
      } catch (DeletionRefusedException expected) {
        assertEquals(10, storage.find("objects/a").orElseThrow().size());
      }
    }
  }
}
