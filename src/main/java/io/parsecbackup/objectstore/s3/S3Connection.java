package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.BodyMemory;
import io.parsecbackup.objectstore.content.StallTimeout;
import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Sends signed requests to a bucket over Quarkus's own HTTP client, each with a time limit. Every
 * failed request fails with a {@link TransferException}, whatever the server or a proxy did.
 */
public final class S3Connection implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(S3Connection.class);

  /** An error of S3's has less than 1 KiB. */
  private static final int LONGEST_REASON = 64 << 10;

  private final Vertx vertx;
  private final ConnectionPools pools;
  private final SignedRequests requests;
  private final BodyMemory memory;
  private final Duration silence;
  private final String route;
  private final RequestLimit limit;

  /**
   * @param clients makes a client for each event loop that sends requests
   * @param memory for bodies that are received whole
   * @param silence how long a request may take without any progress
   * @param route added to messages about a failed connection: names the proxy; empty without one
   * @param transfers that may be in flight at once
   */
  S3Connection(
      Vertx vertx,
      Supplier<HttpClient> clients,
      SignedRequests requests,
      BodyMemory memory,
      Duration silence,
      String route,
      int transfers) {
    this.vertx = vertx;
    this.pools = new ConnectionPools(vertx, clients);
    this.requests = requests;
    this.memory = memory;
    this.silence = silence;
    this.route = route;
    this.limit = new RequestLimit(transfers, System::nanoTime);
  }

  /** For bodies that are received whole; all connections share it. */
  public BodyMemory memory() {
    return memory;
  }

  /** Makes the requests for this bucket. */
  public SignedRequests requests() {
    return requests;
  }

  /**
   * A request that has a connection.
   *
   * @param stallTimeout counts the bytes of bodies
   * @param eventLoop runs every step of the exchange
   */
  public record Exchange(HttpClientRequest request, StallTimeout stallTimeout, Context eventLoop) {

    /** Sends the request with a short body. */
    public Future<HttpClientResponse> send(Buffer body) {
      return request
          .send(body)
          .recover(failure -> Future.failedFuture(S3Failures.network(failure)));
    }

    /** Sends the request, which has no body. */
    public Future<HttpClientResponse> send() {
      return request.send().recover(failure -> Future.failedFuture(S3Failures.network(failure)));
    }
  }

  /** Sends a request and reads its answer. */
  public interface Work<T> {
    Future<T> with(Exchange exchange);
  }

  /**
   * Does {@code work} on the event loop: a body's handler that another thread attaches may miss the
   * first bytes.
   */
  public <T> Uni<T> exchange(Supplier<RequestOptions> options, Work<T> work) {
    return Uni.createFrom()
        .<T>emitter(emitter -> {
          ConnectionPools.Pool pool = pools.take();
          Promise<T> promise = Promise.promise();
          promise.future().onComplete(ended -> pools.giveBack(pool));
          report(promise, emitter);
          begin(options, work, unused -> {}, pool, promise);
        });
  }

  /**
   * As {@link #exchange}, for an object: it waits while as many transfers are in flight as the
   * server can answer without becoming slower.
   *
   * @param late drops the result of work that ends after its request has failed
   */
  <T> Uni<T> transfer(Supplier<RequestOptions> options, Work<T> work, Consumer<T> late) {
    return Uni.createFrom()
        .<T>emitter(emitter ->
            limit.begin(() -> {
              long start = System.nanoTime();
              ConnectionPools.Pool pool = pools.take();
              Promise<T> promise = Promise.promise();
              // First, because the receiver may store the object before it returns.
              promise
                  .future()
                  .onComplete(result -> {
                    pools.giveBack(pool);
                    limit.end(outcome(result), System.nanoTime() - start);
                  });
              report(promise, emitter);
              begin(options, work, late, pool, promise);
            }));
  }

  private <T> void report(Promise<T> promise, UniEmitter<? super T> emitter) {
    promise.future().onComplete(emitter::complete, failure -> emitter.fail(withRoute(failure)));
  }

  private static RequestLimit.Outcome outcome(AsyncResult<?> result) {
    if (TransferException.isThrottled(result.cause())) {
      return RequestLimit.Outcome.THROTTLED;
    }
    // A refusal is an answer too.
    return result.succeeded()
            || (result.cause() instanceof TransferException refused
                && !TransferException.isTemporary(refused))
        ? RequestLimit.Outcome.DONE
        : RequestLimit.Outcome.FAILED;
  }

  private <T> void begin(
      Supplier<RequestOptions> options,
      Work<T> work,
      Consumer<T> late,
      ConnectionPools.Pool pool,
      Promise<T> promise) {
    pool.eventLoop().runOnContext(start -> start(options, work, late, pool, promise));
  }

  private <T> void start(
      Supplier<RequestOptions> options,
      Work<T> work,
      Consumer<T> late,
      ConnectionPools.Pool pool,
      Promise<T> promise) {
    Promise<HttpClientRequest> connected = Promise.promise();
    StallTimeout stallTimeout = new StallTimeout(vertx, silence, () -> end(connected, promise));
    // An exception while the request is made becomes a failure too.
    Future.succeededFuture()
        .compose(begin -> pools.client(pool).request(options.get()))
        .onComplete(
            request -> {
              if (!connected.tryComplete(request)) {
                request.reset();
              }
            },
            failure -> connected.tryFail(S3Failures.network(failure)));
    connected
        .future()
        .compose(request -> work.with(new Exchange(request, stallTimeout, pool.eventLoop())))
        .onComplete(result -> {
          stallTimeout.stop();
          if (result.succeeded()) {
            if (!promise.tryComplete(result.result())) {
              late.accept(result.result());
            }
          } else {
            // Any step may fail with the client's own exceptions, also the write of a body.
            Throwable failure = S3Failures.network(result.cause());
            boolean cut = stallTimeout.isExpired() && TransferException.isTemporary(failure);
            promise.tryFail(cut ? stallTimeout.failure() : failure);
          }
        });
  }

  /**
   * Ends a request that is too slow. Without a connection it fails at once. With one, the
   * connection is closed; this fails the work in progress, which can then close its file.
   */
  private <T> void end(Promise<HttpClientRequest> connected, Promise<T> promise) {
    TransferException why =
        new TransferException(TransferException.Kind.TEMPORARY, "no connection in time");
    if (!connected.tryFail(why)) {
      connected.future().onSuccess(HttpClientRequest::reset);
      // In case the work does not see the end of the connection.
      vertx.setTimer(silence.toMillis(), fired -> promise.tryFail(why));
    }
  }

  /** All of a short body. Fails if it is longer than {@code most} bytes. */
  public Future<Buffer> body(HttpClientResponse response, Exchange exchange, int most) {
    Buffer read = Buffer.buffer();
    return read(response, exchange, most, read).map(end -> read);
  }

  /** All of a body of {@code size} bytes. */
  public Future<Buffer> wholeBody(HttpClientResponse response, Exchange exchange, int size) {
    Buffer read = Buffer.buffer(size);
    return read(response, exchange, size, read).map(end -> read);
  }

  /**
   * Fails with the meaning of a refusal. Reads only the beginning of the response's body, which may
   * never end. The status is used in any case.
   */
  public <T> Future<T> refused(HttpClientResponse response, Exchange exchange) {
    Buffer reason = Buffer.buffer();
    return read(response, exchange, LONGEST_REASON, reason)
        .otherwiseEmpty()
        .compose(end -> Future.failedFuture(requests.refusal(response, reason)));
  }

  /** Ends a response whose rest is not needed, and closes its connection. */
  public static void drop(HttpClientResponse response, Exchange exchange) {
    // Without a handler the client logs this reset as an error.
    response.exceptionHandler(reset -> {});
    exchange.request().reset();
  }

  private static Future<Void> read(
      HttpClientResponse response, Exchange exchange, int most, Buffer into) {
    Promise<Void> read = Promise.promise();
    response.exceptionHandler(failure -> read.tryFail(S3Failures.network(failure)));
    response.endHandler(end -> read.tryComplete());
    response.handler(chunk -> {
      exchange.stallTimeout().moved(chunk.length());
      if (into.length() + chunk.length() <= most) {
        into.appendBuffer(chunk);
        return;
      }
      read.tryFail(
          new TransferException(
              TransferException.Kind.TEMPORARY, "the answer is longer than " + most + " bytes"));
      exchange.request().reset();
    });
    return read.future();
  }

  private Throwable withRoute(Throwable failure) {
    return failure instanceof TransferException transfer && !route.isEmpty()
        ? transfer.with(route)
        : failure;
  }

  /** Waits for the connections to end, but not without limit: a peer may have stopped reading. */
  @Override
  public void close() {
    LOG.debugf("the last limit of transfers at once was %d", limit.limit());
    boolean closed =
        pools
            .close()
            .map(true)
            .toCompletionStage()
            .toCompletableFuture()
            .completeOnTimeout(false, silence.toMillis(), TimeUnit.MILLISECONDS)
            .join();
    if (!closed) {
      LOG.debug("a connection to the object store did not close in time");
    }
  }
}
