package io.parsecbackup.sync;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Executor;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Fetches through Quarkus's asynchronous S3 client: the way that works through proxies too. */
final class S3Transfer implements ObjectTransfer {

  /** Chunks that may wait for the disk; the client asks the socket for no more. */
  private static final int WAITING_CHUNKS = 4;

  private final S3AsyncClient client;
  private final String bucket;
  private final Executor disk;
  private final RateLimit rateLimit;

  /**
   * @param disk runs what blocks: writing and hashing
   */
  S3Transfer(S3AsyncClient client, String bucket, Executor disk, RateLimit rateLimit) {
    this.client = client;
    this.bucket = bucket;
    this.disk = disk;
    this.rateLimit = rateLimit;
  }

  @Override
  public Uni<FetchedObject> get(String key, Path into) {
    return Uni.createFrom()
        .item(WatchedBody::new)
        .onItem()
        .transformToUni(watched ->
            Uni.createFrom()
                .completionStage(
                    () -> client.getObject(request -> request.bucket(bucket).key(key), watched))
                .onItem()
                .transformToUni(body -> watched.orBroken(write(body, into))))
        .onFailure()
        .transform(S3Failures::read);
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
    String encryption = response.serverSideEncryptionAsString();
    return new FetchedObject(
        file.size(),
        response.contentLength() == null ? file.size() : response.contentLength(),
        file.sha256(),
        file.md5(),
        S3Listing.unquote(response.eTag()),
        response.lastModified() == null ? Instant.EPOCH : response.lastModified(),
        (encryption != null && encryption.startsWith("aws:kms"))
            || response.sseCustomerAlgorithm() != null);
  }
}
