package io.parsecbackup.objectstore.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.WriteGuard;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.objectstore.s3.CredentialSource;
import io.parsecbackup.objectstore.s3.Credentials;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.storage.RepositoryLocks.Held;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.SettableClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A machine that was suspended: one clock stood still, the other one moves when it continues. */
class LeaseGuardTest {

  private static final String OBJECT = "some/where/objects/a";

  private final EmbeddedS3 server = EmbeddedS3.withConditions();
  private final SettableClock clock = new SettableClock();
  private final Vertx vertx = Vertx.vertx();

  @SuppressWarnings("NullAway.Init") // set before each test
  private LeaseLocks locks;

  @BeforeEach
  void open() {
    server.bucket("repository");
    BucketPlace place =
        new BucketPlace(
            BucketAddress.of(
                new Blockstore.S3(
                    Optional.of(server.endpoint().toString()),
                    server.region(),
                    "repository",
                    server.accessKey(),
                    server.secretKey())),
            "some/where");
    CredentialSource credentials =
        CredentialSource.of(
            new Credentials(server.accessKey(), server.secretKey(), Optional.empty()));
    S3Clients clients = new S3Clients(Optional.empty(), Map.of(), vertx, Duration.ofSeconds(5));
    // It is renewed only because the clock has moved.
    LeaseTimes times = new LeaseTimes(Duration.ofMinutes(30), Duration.ofMinutes(10));
    locks =
        new LeaseLocks(
            new BucketClient(
                clients.open(place.address(), credentials, 1),
                credentials,
                Retries.ONCE_MORE,
                Runnable::run,
                WriteGuard.NONE,
                BucketClient.Limits.of(1)),
            place,
            times,
            clock);
  }

  @AfterEach
  void close() {
    locks.close();
    server.close();
    vertx.close();
  }

  @Test
  void writesNothingUntilItsLeaseIsRenewed() throws IOException {
    try (Held held = locks.exclusive("backup")) {
      locks.check(OBJECT);
      clock.advance(Duration.ofHours(1));
      assertEquals(
          TransferException.Kind.TEMPORARY,
          assertThrows(TransferException.class, () -> locks.check(OBJECT)).kind());
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> {
            locks.check(OBJECT);
            return true;
          });
      held.requireHeld();
    }
  }

  @Test
  void checksNothingWithoutAnExclusiveLock() throws IOException {
    locks.exclusive("backup").close();
    clock.advance(Duration.ofHours(1));
    locks.check(OBJECT);
    try (Held held = locks.shared("verify")) {
      clock.advance(Duration.ofHours(1));
      locks.check(OBJECT);
    }
  }
}
