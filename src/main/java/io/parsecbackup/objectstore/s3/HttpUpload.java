package io.parsecbackup.objectstore.s3;

import io.netty.buffer.Unpooled;
import io.parsecbackup.objectstore.content.Body;
import io.parsecbackup.objectstore.content.FileBytes;
import io.parsecbackup.objectstore.content.RateLimit;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Sends one request's body and reads the answer, which may arrive before the body is sent. */
public record HttpUpload(
    S3Connection.Exchange exchange, Body body, Executor disk, RateLimit rateLimit) {

  /**
   * @param read reads the answer
   */
  public <T> Future<T> send(Function<HttpClientResponse, Future<T>> read) {
    HttpClientRequest request = exchange.request();
    // The answer's future has every failure; without a handler the client also logs it as an error.
    request.exceptionHandler(told -> {});
    if (body instanceof Body.InMemory memory && !rateLimit.isSet()) {
      Future<T> answer = answer().compose(read);
      write(memory.bytes());
      return answer;
    }
    Promise<T> answer = Promise.promise();
    Promise<Void> written = Promise.promise();
    // Until there is a chunk, the request waits for the disk or the bandwidth limit.
    exchange.stallTimeout().hold();
    Cancellable writing =
        body.chunks(disk, rateLimit)
            .onItem()
            .transformToUniAndConcatenate(
                chunk -> Uni.createFrom().completionStage(() -> write(chunk).toCompletionStage()))
            .onItem()
            .ignoreAsUni()
            .subscribe()
            .with(
                all -> {
                  exchange.stallTimeout().release();
                  exchange.stallTimeout().sent(body.size());
                  request.end().onComplete(written);
                },
                failure -> {
                  answer.tryFail(failure);
                  request.reset(0, failure);
                });
    answer()
        .compose(read)
        .onComplete(result -> {
          if (!written.future().isComplete()) {
            // Refused before all of the body was sent: stop sending and close the connection.
            writing.cancel();
            request.reset();
          }
          if (result.succeeded()) {
            answer.tryComplete(result.result());
          } else {
            answer.tryFail(result.cause());
          }
        });
    return answer.future();
  }

  private Future<HttpClientResponse> answer() {
    return exchange
        .request()
        .response()
        .recover(failure -> Future.failedFuture(S3Failures.network(failure)));
  }

  private Future<Void> write(ByteBuffer chunk) {
    exchange.stallTimeout().release();
    int bytes = chunk.remaining();
    return exchange
        .request()
        .write(buffer(chunk))
        .onSuccess(written -> {
          exchange.stallTimeout().moved(bytes);
          exchange.stallTimeout().hold();
        });
  }

  /**
   * Writes in pieces, because each piece that reaches the socket is progress. One large piece on a
   * slow line would look like silence.
   */
  private void write(byte[] bytes) {
    int last = bytes.length == 0 ? 0 : (bytes.length - 1) / FileBytes.CHUNK * FileBytes.CHUNK;
    for (int from = 0; from < last; from += FileBytes.CHUNK) {
      exchange
          .request()
          .write(buffer(ByteBuffer.wrap(bytes, from, FileBytes.CHUNK)))
          .onSuccess(written -> exchange.stallTimeout().moved(FileBytes.CHUNK));
    }
    exchange
        .request()
        .end(buffer(ByteBuffer.wrap(bytes, last, bytes.length - last)))
        .onSuccess(written -> exchange.stallTimeout().sent(bytes.length));
  }

  private static Buffer buffer(ByteBuffer bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
