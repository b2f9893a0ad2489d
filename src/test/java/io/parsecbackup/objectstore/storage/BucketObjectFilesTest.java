package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.repository.ObjectFilesContract;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
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

  /** A server that does not answer says nothing about the bytes that were replaced. */
  @Test
  void doesNotTakeAnObjectForLostWhileTheServerDoesNotAnswer() {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        Storage behind = BucketScenario.in(SERVER, folder).through(proxy.endpoint()).open()) {
      proxy.when(request -> request.key().contains("conflicts/"), Fault.status(500));
      IndexRecord entry = new IndexRecord("org/a", 3, "0".repeat(64), "e", Instant.EPOCH, false);
      ObjectProof proof = Repository.at(behind).objectProof();
      assertThrows(UncheckedIOException.class, () -> proof.read(entry));
      proxy.reset();
      assertEquals(Damage.Kind.LOST, proof.read(entry).orElseThrow().kind());
    }
  }
}
