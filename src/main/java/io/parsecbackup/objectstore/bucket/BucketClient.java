package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.Body;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.objectstore.s3.CredentialSource;
import io.parsecbackup.objectstore.s3.HttpUpload;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends requests to a bucket for threads that wait for the answer, as many at once as there are
 * connections. A thread waits before its request begins rather than for a connection, because a
 * request has a time limit.
 */
public final class BucketClient implements AutoCloseable {

  /** Requests without a body at once. They have connections of their own. */
  private static final int SMALL_REQUESTS = 8;

  /** In bytes. The answers are short; one to a wrong server may not be. */
  private static final int LONGEST_ANSWER = 16 << 20;

  private static final int NOT_FOUND = 404;

  private final S3Connection connection;
  private final CredentialSource credentials;
  private final Retries retries;
  private final Executor disk;
  private final Bandwidth bandwidth;
  private final WriteGuard guard;
  private final Semaphore transfers;
  private final Semaphore small = new Semaphore(SMALL_REQUESTS);

  /**
   * How much is transferred.
   *
   * @param transfers objects at once
   */
  public record Limits(Bandwidth bandwidth, int transfers) {

    /** No limit of bytes. */
    public static Limits of(int transfers) {
      return new Limits(Bandwidth.of(OptionalLong.empty()), transfers);
    }
  }

  /**
   * @param disk runs blocking work
   * @param guard of the requests that change something
   */
  public BucketClient(
      S3Connection connection,
      CredentialSource credentials,
      Retries retries,
      Executor disk,
      WriteGuard guard,
      Limits limits) {
    this.connection = connection;
    this.credentials = credentials;
    this.retries = retries;
    this.disk = disk;
    this.bandwidth = limits.bandwidth();
    this.guard = guard;
    this.transfers = new Semaphore(limits.transfers());
  }

  public S3Connection connection() {
    return connection;
  }

  public Retries retries() {
    return retries;
  }

  Bandwidth bandwidth() {
    return bandwidth;
  }

  /** Limits the objects that are transferred at once. */
  Semaphore transfers() {
    return transfers;
  }

  /**
   * Sends a request without a body, and again after a temporary failure.
   *
   * @throws TransferException when the server refuses it or does not answer
   */
  public Answer send(BucketRequest request) throws InterruptedIOException {
    return send(request, small);
  }

  private Answer send(BucketRequest request, Semaphore connections) throws InterruptedIOException {
    acquire(connections);
    try {
      return await(retries.around(attempt(request, Optional.empty())));
    } catch (IOException e) {
      throw interrupted(e);
    } finally {
      connections.release();
    }
  }

  /** As {@link #send(BucketRequest)}, as one of the transfers: for a request for each object. */
  public Answer transfer(BucketRequest request) throws InterruptedIOException {
    return send(request, transfers);
  }

  /**
   * As {@link #send(BucketRequest)}, with a body.
   *
   * @param tries is increased by the number of tries
   * @throws IOException when the body's file cannot be read
   */
  public Answer send(BucketRequest request, Body body, AtomicInteger tries) throws IOException {
    acquire(transfers);
    try {
      Uni<Answer> attempt = attempt(request, Optional.of(body));
      return await(
          retries.around(
              Uni.createFrom()
                  .deferred(() -> {
                    tries.incrementAndGet();
                    return attempt;
                  })));
    } finally {
      transfers.release();
    }
  }

  private Uni<Answer> attempt(BucketRequest request, Optional<Body> body) {
    if (!isWrite(request)) {
      return exchange(request, body);
    }
    return Uni.createFrom()
        .deferred(() -> {
          guard.check(request.key());
          return exchange(request, body);
        });
  }

  private Uni<Answer> exchange(BucketRequest request, Optional<Body> body) {
    return connection.exchange(
        () -> connection.requests().sign(request),
        exchange -> {
          if (isWrite(request)) {
            try {
              // Again, because it may have waited for the connection.
              guard.check(request.key());
            } catch (RuntimeException e) {
              exchange.request().reset();
              // The next try fails with the reason.
              return Future.failedFuture(
                  new TransferException(Kind.TEMPORARY, String.valueOf(e.getMessage()), e));
            }
          }
          return body.isPresent()
              ? new HttpUpload(exchange, body.get(), disk, bandwidth.sent())
                  .send(response -> read(request, response, exchange))
              : exchange.send().compose(response -> read(request, response, exchange));
        });
  }

  private static boolean isWrite(BucketRequest request) {
    return request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD;
  }

  private Future<Answer> read(
      BucketRequest request, HttpClientResponse response, S3Connection.Exchange exchange) {
    int status = response.statusCode();
    if (status == NOT_FOUND && request.method() == HttpMethod.HEAD) {
      // Has no body with the reason.
      return Future.failedFuture(new TransferException(Kind.ABSENT, "the server answered 404"));
    }
    if (status < 200 || status > 299) {
      return connection.refused(response, exchange);
    }
    return connection
        .body(response, exchange, LONGEST_ANSWER)
        .compose(body -> {
          Answer answer = new Answer(status, response.headers(), body.getBytes());
          Optional<TransferException> failure =
              request.isAnsweredWithAnEtag() && !answer.isOfAnObject()
                  ? Optional.of(notOfS3("has no ETag"))
                  : Xml.failure(answer.body());
          return failure.isPresent()
              ? Future.failedFuture(failure.get())
              : Future.succeededFuture(answer);
        });
  }

  /** The failure of a request that something else than an S3 server has answered. */
  static TransferException notOfS3(String what) {
    return new TransferException(
        Kind.TEMPORARY, "the answer " + what + ", so it does not come from an S3 server");
  }

  /** Renews credentials that expire soon, which may block. */
  public void refreshCredentials() {
    credentials.refresh();
  }

  /** Waits for a permit. Also renews credentials that expire soon, which may block. */
  void acquire(Semaphore semaphore) throws InterruptedIOException {
    refreshCredentials();
    try {
      semaphore.acquire();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * The result of {@code work}.
   *
   * @throws TransferException from {@code work}
   * @throws IOException when the disk failed or the thread is interrupted
   */
  public static <T> T await(Uni<T> work) throws IOException {
    return await(work.subscribeAsCompletionStage());
  }

  /** As {@link #await(Uni)}. */
  public static <T> T await(CompletableFuture<T> done) throws IOException {
    try {
      return done.get();
    } catch (InterruptedException e) {
      done.cancel(true);
      throw interrupted(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case TransferException refused ->
            throw new TransferException(refused.kind(), message(refused), refused);
        case UncheckedIOException failed -> throw failed.getCause();
        case RuntimeException other -> throw other;
        case Error fatal -> throw fatal;
        case null, default -> throw new IOException(e.getCause());
      }
    }
  }

  private static String message(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  private static InterruptedIOException interrupted(Exception cause) {
    if (cause instanceof InterruptedIOException already) {
      return already;
    }
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted =
        new InterruptedIOException("the thread was interrupted during a request to the bucket");
    interrupted.initCause(cause);
    return interrupted;
  }

  @Override
  public void close() {
    connection.close();
  }
}
