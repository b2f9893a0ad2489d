package io.parsecbackup.objectstore.s3;

import io.netty.buffer.ByteBuf;
import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.objectstore.content.BodyDigests;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.BodyWriter;
import io.parsecbackup.objectstore.content.ContentFacts;
import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.FileDigests;
import io.parsecbackup.objectstore.content.HashedStream;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.content.StoredObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.S3Connection.Exchange;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/**
 * Transfers objects with signed requests over Quarkus's own HTTP client. It needs a third of the
 * SDK's CPU time for each object, and much less code has to warm up.
 */
public final class HttpTransfer implements ObjectTransfer {

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NO_CONTENT = 204;

  /** In bytes. The body of an answer to a PUT is not used. */
  private static final int LONGEST_ANSWER = 64 << 10;

  private final S3Connection connection;
  private final Executor disk;
  private final Bandwidth bandwidth;

  /**
   * @param disk runs blocking work: files and hashing
   */
  public HttpTransfer(S3Connection connection, Executor disk, Bandwidth bandwidth) {
    this.connection = connection;
    this.disk = disk;
    this.bandwidth = bandwidth;
  }

  @Override
  public Uni<ReceivedObject> get(String key, String unless, long most, BodyScratch into) {
    return connection
        .transfer(
            () -> connection.requests().get(key, unless),
            exchange -> fetch(exchange, most, into),
            ReceivedObject::close)
        .emitOn(this::onDiskThread);
  }

  private Future<ReceivedObject> fetch(Exchange exchange, long most, BodyScratch into) {
    // Has no context, so that the disk thread which completes it also runs the next step. A future
    // of the request's context would go back to its event loop.
    Promise<ReceivedObject> fetched = Promise.promise();
    exchange
        .send()
        .onComplete(
            response ->
                Future.succeededFuture()
                    .compose(begin -> receive(response, exchange, most, into))
                    .onComplete(fetched),
            fetched::fail);
    return fetched.future();
  }

  /**
   * Runs the next step, which stores the object. Nearly always this is a disk thread already. It is
   * an event loop if the disk was faster than the listener for its result was attached.
   */
  private void onDiskThread(Runnable next) {
    if (Context.isOnEventLoopThread()) {
      disk.execute(next);
    } else {
      next.run();
    }
  }

  @Override
  public Uni<StoredObject> put(String key, Payload payload, boolean onlyIfAbsent) {
    return connection.transfer(
        () -> connection.requests().put(key, payload, onlyIfAbsent),
        exchange ->
            new HttpUpload(exchange, payload.body(), disk, bandwidth.sent())
                .send(response -> stored(response, exchange)),
        unused -> {});
  }

  @Override
  public void close() {
    connection.close();
  }

  private Future<ReceivedObject> receive(
      HttpClientResponse response, Exchange exchange, long most, BodyScratch into) {
    if (response.statusCode() != OK) {
      return connection.refused(response, exchange);
    }
    OptionalLong announced = announced(response);
    if (announced.isPresent() && announced.getAsLong() > most) {
      S3Connection.drop(response, exchange);
      return Future.failedFuture(
          TransferException.tooLong("announces " + announced.getAsLong(), most));
    }
    boolean whole =
        announced.isPresent()
            && !bandwidth.received().isSet()
            && into.tryReserve(announced.getAsLong());
    return whole
        ? receiveWhole(response, exchange, (int) announced.getAsLong(), into)
        : receiveInPieces(response, exchange, most, into);
  }

  /** Receives a body in memory that is reserved for it; then one task hashes it. */
  private Future<ReceivedObject> receiveWhole(
      HttpClientResponse response, Exchange exchange, int size, BodyScratch into) {
    Future<Buffer> whole;
    try {
      whole = connection.wholeBody(response, exchange, size);
    } catch (RuntimeException | Error e) {
      into.release(size);
      throw e;
    }
    return whole
        .compose(body -> {
          // The server has sent everything, and the wait for the disk has no time limit.
          exchange.stallTimeout().stop();
          return onDisk(() -> hashed(response, body, into));
        })
        .onFailure(failure -> into.release(size));
  }

  private static ReceivedObject hashed(HttpClientResponse response, Buffer body, BodyScratch into) {
    byte[] bytes = bytes(body);
    BodyDigests digests = new BodyDigests(checksum(response));
    digests.update(ByteBuffer.wrap(bytes));
    FetchedObject object = describe(response, digests);
    return new ReceivedObject(object, into.body(bytes, object.sha256()));
  }

  /** The bytes of a buffer, without a copy if it has exactly these. */
  private static byte[] bytes(Buffer body) {
    ByteBuf buffer = body.getByteBuf();
    return buffer.hasArray()
            && buffer.arrayOffset() == 0
            && buffer.array().length == buffer.readableBytes()
        ? buffer.array()
        : body.getBytes();
  }

  /** Writes and hashes a body while it arrives, as fast as the disk and the rate limit allow. */
  private Future<ReceivedObject> receiveInPieces(
      HttpClientResponse response, Exchange exchange, long most, BodyScratch into) {
    BodyWriter body = into.begin(announced(response), checksum(response));
    HashedStream stream =
        new HashedStream(
            body, most, exchange.eventLoop(), exchange.stallTimeout(), disk, bandwidth.received());
    return response
        .pipeTo(stream)
        .recover(failure -> {
          // The body was not read to its end, and may have none.
          S3Connection.drop(response, exchange);
          return Future.failedFuture(S3Failures.network(failure));
        })
        .compose(done -> onDisk(() -> finished(response, body)))
        .recover(failure -> onDisk(() -> dropped(body, failure)));
  }

  private static ReceivedObject finished(HttpClientResponse response, BodyWriter body) {
    FetchedObject object = describe(response, body.digests());
    return new ReceivedObject(object, body.finish(object.digests()));
  }

  /** A pipe ends its stream also after a failure, so no thread writes the body any more. */
  private static ReceivedObject dropped(BodyWriter body, Throwable failure) throws Exception {
    body.close();
    if (failure instanceof Exception exception) {
      throw exception;
    }
    throw (Error) failure;
  }

  /** The result of work on the disk. */
  private <T> Future<T> onDisk(Callable<T> work) {
    Promise<T> done = Promise.promise();
    disk.execute(() -> {
      T result;
      try {
        result = work.call();
      } catch (Throwable e) {
        // An Error too: otherwise the wait for this object would never end.
        done.fail(e instanceof IOException failed ? new UncheckedIOException(failed) : e);
        return;
      }
      done.complete(result);
    });
    return done.future();
  }

  private static Optional<BodyChecksum> checksum(HttpClientResponse response) {
    return BodyChecksum.of(name -> header(response, name));
  }

  private Future<StoredObject> stored(HttpClientResponse response, Exchange exchange) {
    return switch (response.statusCode()) {
      case OK, CREATED, NO_CONTENT ->
          connection
              .body(response, exchange, LONGEST_ANSWER)
              .compose(body ->
                  isWebPage(response)
                      ? Future.failedFuture(webPage(response))
                      : Future.succeededFuture(
                          new StoredObject(
                              Etag.unquoted(response.getHeader("ETag")),
                              SignedRequests.isKms(response))));
      default -> connection.refused(response, exchange);
    };
  }

  /**
   * Whether the answer is a web page, such as a login form or a proxy's error page. A store never
   * sends one.
   */
  private static boolean isWebPage(HttpClientResponse response) {
    String type = response.getHeader("Content-Type");
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html");
  }

  private static TransferException webPage(HttpClientResponse response) {
    return new TransferException(
        TransferException.Kind.TEMPORARY,
        "a web page answered with "
            + response.statusCode()
            + ", not the object store. Check for a login page or a proxy in between");
  }

  /** The size of the body, if the server announces it. */
  private static OptionalLong announced(HttpClientResponse response) {
    String length = response.getHeader("Content-Length");
    try {
      return length == null
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(length.strip()));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static FetchedObject describe(HttpClientResponse response, BodyDigests body) {
    FileDigests digests = body.digests();
    return new FetchedObject(
        digests,
        announced(response).orElse(digests.size()),
        Etag.unquoted(response.getHeader("ETag")),
        SignedRequests.time(response.getHeader("Last-Modified")),
        new ContentFacts(
            SignedRequests.isKms(response),
            body.checksum(),
            ContentFacts.isDocument(header(response, "Content-Type"), body.head())));
  }

  private static String header(HttpClientResponse response, String name) {
    String value = response.getHeader(name);
    return value == null ? "" : value;
  }
}
