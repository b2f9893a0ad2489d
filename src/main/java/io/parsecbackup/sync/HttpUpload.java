package io.parsecbackup.sync;

import io.netty.buffer.Unpooled;
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

/** One request's body on its way, and the answer, which may come before the body has ended. */
record HttpUpload(HttpClientRequest request, Payload payload, Executor disk, RateLimit rateLimit) {

  /**
   * @param read reads the answer
   */
  <T> Future<T> send(Function<HttpClientResponse, Future<T>> read) {
    // The answer's future tells of every failure; without a handler they are logged as errors too.
    request.exceptionHandler(told -> {});
    if (payload instanceof Payload.InMemory memory && !rateLimit.isSet()) {
      Future<T> answer = request.response().compose(read);
      write(memory.bytes());
      return answer;
    }
    Promise<T> answer = Promise.promise();
    Promise<Void> written = Promise.promise();
    Cancellable writing =
        payload
            .chunks(disk, rateLimit)
            .onItem()
            .transformToUniAndConcatenate(chunk ->
                Uni.createFrom()
                    .completionStage(() -> request.write(buffer(chunk)).toCompletionStage()))
            .onItem()
            .ignoreAsUni()
            .subscribe()
            .with(
                all -> request.end().onComplete(written),
                failure -> {
                  answer.tryFail(failure);
                  request.reset(0, failure);
                });
    request
        .response()
        .compose(read)
        .onComplete(result -> {
          if (!written.future().isComplete()) {
            // Refused before the body was whole: its rest has no use, nor has the connection.
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

  /**
   * In pieces, for the end of each one's way into the socket is a sign of life: one large piece on
   * a slow line would be taken for silence.
   */
  private void write(byte[] bytes) {
    int last = bytes.length == 0 ? 0 : (bytes.length - 1) / Payload.CHUNK * Payload.CHUNK;
    for (int from = 0; from < last; from += Payload.CHUNK) {
      request.write(buffer(ByteBuffer.wrap(bytes, from, Payload.CHUNK)));
    }
    request.end(buffer(ByteBuffer.wrap(bytes, last, bytes.length - last)));
  }

  private static Buffer buffer(ByteBuffer bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
