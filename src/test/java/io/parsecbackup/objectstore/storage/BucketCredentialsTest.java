package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.WriteGuard;
import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.objectstore.s3.CredentialSource;
import io.parsecbackup.objectstore.s3.Credentials;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.testing.EmbeddedS3;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Credentials that are replaced while a repository is open. */
@Timeout(30)
class BucketCredentialsTest {

  /** Has valid credentials once they were renewed. */
  private static final class Expired implements CredentialSource {

    private final Credentials valid;
    private volatile Credentials current = new Credentials("expired", "expired", Optional.empty());

    Expired(EmbeddedS3 server) {
      valid = new Credentials(server.accessKey(), server.secretKey(), Optional.empty());
    }

    @Override
    public Credentials current() {
      return current;
    }

    @Override
    public void refresh() {
      current = valid;
    }
  }

  private static BucketFolders folders(EmbeddedS3 server, CredentialSource credentials) {
    server.bucket("repository").put("some/where/runs/a.json", "a run");
    BucketPlace place =
        new BucketPlace(
            new BucketAddress(
                Optional.of(server.endpoint().toString()), server.region(), "repository"),
            "some/where");
    return new BucketFolders(
        new BucketClient(
            BucketScenario.CLIENTS.open(place.address(), credentials, 1),
            credentials,
            Retries.ONCE_MORE,
            Runnable::run,
            WriteGuard.NONE,
            BucketClient.Limits.of(1)),
        place);
  }

  @Test
  void areRenewedForAListing() throws IOException {
    try (EmbeddedS3 server = EmbeddedS3.withConditions()) {
      BucketFolders folders = folders(server, new Expired(server));
      try (BucketClient client = folders.client()) {
        assertEquals(List.of("a.json"), folders.children("runs"));
      }
      folders = folders(server, new Expired(server));
      try (BucketClient client = folders.client()) {
        Iterator<StoredFile> files = folders.list("");
        assertEquals("runs/a.json", files.next().name());
      }
    }
  }

  /** A lease must be renewed while the source of the credentials hangs. */
  @Test
  void areRenewedByAnotherThreadForTheLease() throws InterruptedException {
    Credentials known = new Credentials("key", "secret", Optional.empty());
    CountDownLatch answers = new CountDownLatch(1);
    CountDownLatch renewed = new CountDownLatch(1);
    CredentialSource hanging =
        new CredentialSource() {
          @Override
          public Credentials current() {
            return known;
          }

          @Override
          public void refresh() {
            try {
              answers.await();
              renewed.countDown();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CredentialSource ofTheLease = hanging.inBackground(threads);
      ofTheLease.refresh();
      assertSame(known, ofTheLease.current());
      answers.countDown();
      renewed.await();
    }
  }
}
