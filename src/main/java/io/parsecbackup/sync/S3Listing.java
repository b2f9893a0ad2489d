package io.parsecbackup.sync;

import io.parsecbackup.repository.KeyOrder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** A bucket's listing, page by page, each asked for only when the one before has been taken. */
final class S3Listing {

  /**
   * Longer than the client waits for a connection and an answer: seen with a bucket that refuses
   * connections, it may lose a request and never say so.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final S3AsyncClient client;
  private final String bucket;
  private final Retries retries;

  S3Listing(S3AsyncClient client, String bucket, Retries retries) {
    this.client = client;
    this.bucket = bucket;
    this.retries = retries;
  }

  /** All pages in the server's order; fails with {@link TransferException}. */
  Multi<List<ListedObject>> pages() {
    return pages(KeyRange.ALL);
  }

  /**
   * The pages that a range of keys lies on, the last of which may go beyond it: up to the first
   * whose last key does. Fails with {@link TransferException}.
   */
  Multi<List<ListedObject>> pages(KeyRange range) {
    return Multi.createBy()
        .repeating()
        .uni(Position::new, position -> nextPage(position, range))
        .whilst(page -> page.more && !page.endsAfter(range))
        .onItem()
        .transform(page -> page.objects);
  }

  private Uni<Page> nextPage(Position position, KeyRange range) {
    ListObjectsV2Request.Builder request =
        ListObjectsV2Request.builder().bucket(bucket).encodingType(EncodingType.URL);
    if (position.token != null) {
      request.continuationToken(position.token);
    } else {
      range.after().ifPresent(request::startAfter);
    }
    ListObjectsV2Request page = request.build();
    return retries
        .around(
            Uni.createFrom()
                .completionStage(() -> client.listObjectsV2(page))
                .ifNoItem()
                .after(PATIENCE)
                .failWith(() ->
                    new TransferException(
                        TransferException.Kind.PASSING,
                        "no answer within " + PATIENCE.toSeconds() + " s"))
                .onFailure()
                .transform(S3Failures::read))
        .onItem()
        .transform(response -> position.advance(response));
  }

  /** Without quotes, and without the mark that a proxy which compresses puts before it. */
  static String unquote(@Nullable String etag) {
    return etag == null ? "" : etag.replaceFirst("^W/", "").replace("\"", "");
  }

  private static ListedObject object(software.amazon.awssdk.services.s3.model.S3Object listed) {
    return new ListedObject(
        listed.key(),
        listed.size() == null ? 0 : listed.size(),
        unquote(listed.eTag()),
        listed.lastModified() == null ? Instant.EPOCH : listed.lastModified());
  }

  private record Page(List<ListedObject> objects, boolean more) {
    boolean endsAfter(KeyRange range) {
      return range.upTo().isPresent()
          && !objects.isEmpty()
          && KeyOrder.compare(objects.getLast().key(), range.upTo().get()) > 0;
    }
  }

  /** Where the listing stands. */
  private static final class Position {
    private @Nullable String token;

    Page advance(ListObjectsV2Response response) {
      boolean more = Boolean.TRUE.equals(response.isTruncated());
      String next = response.nextContinuationToken();
      if (more && (next == null || next.equals(token))) {
        throw new TransferException(
            TransferException.Kind.REFUSED,
            "the server says that its listing goes on, but not where: "
                + (next == null ? "no" : "the same")
                + " continuation token");
      }
      token = next;
      return new Page(response.contents().stream().map(S3Listing::object).toList(), more);
    }
  }
}
