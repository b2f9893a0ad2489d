package io.parsecbackup.objectstore.lease;

import io.parsecbackup.objectstore.bucket.Answer;
import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ObjectWriter;
import io.parsecbackup.objectstore.content.Body;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Sha256;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock's object. It is only ever replaced under the condition that nobody has changed it since
 * it was read.
 */
final class LeaseObject {

  private static final int READS = 2;
  private static final long PAUSE_NANOS = 50_000_000L;

  private final BucketClient client;
  private final BucketPlace place;
  private final String name;

  /**
   * @param name of the lock, from the repository's root
   */
  LeaseObject(BucketClient client, BucketPlace place, String name) {
    this.client = client;
    this.place = place;
    this.name = name;
  }

  /**
   * The lock at one moment.
   *
   * @param etag empty if there is no object yet
   * @param now the server's time
   */
  record State(LeaseDocument document, String etag, Instant now) {}

  String location() {
    return place.locate(name);
  }

  /** Reads the lock. Bytes that are not valid are read again: the fault may be on the way. */
  State read() throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        return readOnce();
      } catch (InvalidLockException e) {
        if (attempt == READS) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private State readOnce() throws IOException {
    try {
      Answer answer = client.send(BucketRequest.of(HttpMethod.GET, key()));
      return new State(parse(answer.body()), answer.etag(), now(answer));
    } catch (TransferException e) {
      if (e.kind() != Kind.ABSENT) {
        throw Failures.of(location(), "read", e);
      }
      // The first holder needs the server's time too. A refusal has it, but not here.
      return new State(LeaseDocument.EMPTY, "", serverTime());
    }
  }

  private Instant serverTime() throws IOException {
    return now(
        client.send(
            BucketRequest.of(HttpMethod.GET, "")
                .parameter("list-type", "2")
                .parameter("max-keys", "1")
                .parameter("prefix", key())));
  }

  private LeaseDocument parse(byte[] bytes) throws IOException {
    try {
      return LeaseDocument.parse(bytes);
    } catch (IOException e) {
      throw new InvalidLockException(
          location()
              + " is not this program's lock: "
              + e.getMessage()
              + ". If no run is active, remove it, or replace it by an older version",
          e);
    }
  }

  private static final class InvalidLockException extends IOException {
    InvalidLockException(String message, IOException cause) {
      super(message, cause);
    }
  }

  private Instant now(Answer answer) throws IOException {
    if (answer.date().equals(Instant.EPOCH)) {
      throw new IOException(
          "the server of " + place.location() + " sends no Date, which the lock needs");
    }
    return answer.date();
  }

  /**
   * Replaces the lock if it is still as in {@code read}.
   *
   * @return false if it has changed
   */
  boolean write(LeaseDocument document, State read) throws IOException {
    byte[] bytes = document.toBytes();
    NewFile.Condition condition =
        read.etag().isEmpty() ? new NewFile.IfAbsent() : new NewFile.IfUnchanged(read.etag());
    BucketRequest request =
        ObjectWriter.withCondition(
            BucketRequest.of(HttpMethod.PUT, key()).body(bytes.length, Sha256.of(bytes)),
            condition);
    try {
      client.send(
          request.header("Content-MD5", ObjectWriter.md5(bytes)),
          new Body.InMemory(bytes),
          new AtomicInteger());
      return true;
    } catch (TransferException e) {
      if (!ObjectWriter.isUnmet(e, condition)) {
        throw Failures.of(location(), "written", e);
      }
      // The answer to an earlier try may have been lost, or a proxy has repeated the request.
      return isNow(document);
    }
  }

  private boolean isNow(LeaseDocument document) throws IOException {
    return read().document().equals(document);
  }

  /** Whether a failure means that this key may not write the lock. */
  static Optional<TransferException> refusal(IOException failure) {
    return failure.getCause() instanceof TransferException transfer
            && (transfer.kind() == Kind.REFUSED || transfer.kind() == Kind.NO_ACCESS)
        ? Optional.of(transfer)
        : Optional.empty();
  }

  /** Whether the same request may succeed later. */
  static boolean isTemporary(Exception failure) {
    return TransferException.isTemporary(failure)
        || (failure.getCause() != null && TransferException.isTemporary(failure.getCause()));
  }

  /** Waits before the next attempt, for a time that differs between competing processes. */
  static void pause(int attempt) {
    LockSupport.parkNanos(
        (long) (PAUSE_NANOS * (1 + attempt) * ThreadLocalRandom.current().nextDouble(0.5, 1.5)));
  }

  private String key() {
    return place.keyPrefix() + name;
  }
}
