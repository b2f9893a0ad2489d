package io.parsecbackup.sync;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import mutiny.zero.flow.adapters.AdaptersToReactiveStreams;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Moves objects through Quarkus's asynchronous S3 client: the way that works through proxies too.
 */
final class S3Transfer implements ObjectTransfer {

  /** Chunks that may wait for the disk; the client asks the socket for no more. */
  private static final int WAITING_CHUNKS = 4;

  private final S3AsyncClient client;
  private final String bucket;
  private final Executor disk;
  private final RateLimit rateLimit;

  /**
   * @param disk runs what blocks: files and hashing
   */
  S3Transfer(S3AsyncClient client, String bucket, Executor disk, RateLimit rateLimit) {
    this.client = client;
    this.bucket = bucket;
    this.disk = disk;
    this.rateLimit = rateLimit;
  }

  @Override
  public Uni<FetchedObject> get(String key, String unless, Path into) {
    return Uni.createFrom()
        .item(WatchedBody::new)
        .onItem()
        .transformToUni(watched ->
            Uni.createFrom()
                .completionStage(() ->
                    client.getObject(
                        request -> {
                          request.bucket(bucket).key(key);
                          if (!unless.isEmpty()) {
                            request.ifNoneMatch('"' + unless + '"');
                          }
                        },
                        watched))
                .onItem()
                .transformToUni(body -> watched.orBroken(write(body, into))))
        .onFailure()
        .transform(S3Failures::read);
  }

  @Override
  public Uni<StoredObject> put(String key, Payload payload, boolean onlyIfAbsent) {
    return Uni.createFrom()
        .completionStage(() ->
            client.putObject(
                request -> {
                  request.bucket(bucket).key(key).contentMD5(payload.contentMd5());
                  if (onlyIfAbsent) {
                    request.ifNoneMatch("*");
                  }
                },
                body(payload)))
        .onItem()
        .transform(response ->
            new StoredObject(
                S3Listing.unquote(response.eTag()),
                isKms(response.serverSideEncryptionAsString(), response.sseCustomerAlgorithm())))
        .onFailure()
        .transform(S3Transfer::uploadFailure);
  }

  /** The SDK takes a file that cannot be read for a failure of its own. */
  private static Throwable uploadFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UncheckedIOException disk) {
        return disk;
      }
    }
    return S3Failures.read(failure);
  }

  private AsyncRequestBody body(Payload payload) {
    return new AsyncRequestBody() {
      @Override
      public Optional<Long> contentLength() {
        return Optional.of(payload.size());
      }

      @Override
      public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        AdaptersToReactiveStreams.publisher(payload.chunks(disk, rateLimit)).subscribe(subscriber);
      }
    };
  }

  /** The client belongs to its maker. */
  @Override
  public void close() {}

  private Uni<FetchedObject> write(ResponsePublisher<GetObjectResponse> body, Path into) {
    return Uni.createFrom()
        .emitter(emitter ->
            disk.execute(() -> {
              try {
                emitter.complete(new HashedFile(into));
              } catch (IOException e) {
                emitter.fail(new UncheckedIOException(e));
              }
            }))
        .onItem()
        .castTo(HashedFile.class)
        .onItem()
        .transformToUni(file ->
            Multi.createFrom()
                .publisher(AdaptersToFlow.publisher(body))
                .emitOn(disk, WAITING_CHUNKS)
                .onItem()
                .invoke(chunk -> {
                  rateLimit.take(chunk.remaining());
                  file.write(chunk);
                })
                .onItem()
                .ignoreAsUni()
                .onTermination()
                .invoke(file::close)
                .onItem()
                .transform(written -> describe(body.response(), file)));
  }

  private static FetchedObject describe(GetObjectResponse response, HashedFile file) {
    return new FetchedObject(
        file.size(),
        response.contentLength() == null ? file.size() : response.contentLength(),
        file.sha256(),
        file.md5(),
        S3Listing.unquote(response.eTag()),
        response.lastModified() == null ? Instant.EPOCH : response.lastModified(),
        isKms(response.serverSideEncryptionAsString(), response.sseCustomerAlgorithm()));
  }

  private static boolean isKms(@Nullable String encryption, @Nullable String customerAlgorithm) {
    return (encryption != null && encryption.startsWith("aws:kms")) || customerAlgorithm != null;
  }
}
