package io.parsecbackup.sync;

import io.smallrye.mutiny.Uni;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * A response as a publisher, and a word when its body breaks off. The SDK's own transformer tells
 * the body's subscriber nothing when the server closes the connection before the announced end: it
 * would wait for ever.
 */
final class WatchedBody
    implements AsyncResponseTransformer<GetObjectResponse, ResponsePublisher<GetObjectResponse>> {

  private final AsyncResponseTransformer<GetObjectResponse, ResponsePublisher<GetObjectResponse>>
      body = AsyncResponseTransformer.toPublisher();
  private final CompletableFuture<Void> broken = new CompletableFuture<>();

  /** {@code read}, which fails when the body breaks off. */
  <T> Uni<T> orBroken(Uni<T> read) {
    Uni<T> never = Uni.createFrom().completionStage(broken).replaceWith(Uni.createFrom().nothing());
    return Uni.combine().any().of(read, never);
  }

  @Override
  public CompletableFuture<ResponsePublisher<GetObjectResponse>> prepare() {
    return body.prepare();
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    body.onResponse(response);
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    body.onStream(publisher);
  }

  @Override
  public void exceptionOccurred(Throwable failure) {
    body.exceptionOccurred(failure);
    broken.completeExceptionally(failure);
  }
}
