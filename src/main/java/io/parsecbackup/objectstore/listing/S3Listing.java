package io.parsecbackup.objectstore.listing;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Connection;
import io.parsecbackup.repository.index.KeyOrder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A bucket's listing, page by page. A page is requested once the one before it is processed. */
public final class S3Listing {

  private static final int OK = 200;

  /** A page has 1,000 keys of at most 1,024 bytes, each encoded as three: less than 4 MiB. */
  private static final int LONGEST_PAGE = 16 << 20;

  private final S3Connection connection;
  private final Retries retries;
  private final Runnable beforeEach;

  public S3Listing(S3Connection connection, Retries retries) {
    this(connection, retries, () -> {});
  }

  /**
   * A listing for credentials that expire.
   *
   * @param beforeEach is called before each of {@link #pages(String, String)}, by the thread that
   *     asks for it
   */
  public S3Listing(S3Connection connection, Retries retries, Runnable beforeEach) {
    this.connection = connection;
    this.retries = retries;
    this.beforeEach = beforeEach;
  }

  /** The first object, if there is one. Fails with {@link TransferException}. */
  public Uni<Optional<ListedObject>> first() {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("max-keys", "1");
    return retries
        .around(page(parameters))
        .onItem()
        .transform(page -> page.objects().stream().findFirst());
  }

  /**
   * The pages of a part of the bucket, one by one. They fail if the server ignores a parameter.
   *
   * @param prefix the beginning of all keys
   * @param delimiter keys that have it after the prefix are not listed, but only their beginning;
   *     empty to list them
   */
  public ListingPages pages(String prefix, String delimiter) {
    SortedMap<String, String> parameters = new TreeMap<>();
    if (!prefix.isEmpty()) {
      parameters.put("prefix", prefix);
    }
    if (!delimiter.isEmpty()) {
      parameters.put("delimiter", delimiter);
    }
    return new ListingPages(
        parameters,
        request -> {
          beforeEach.run();
          return retries.around(page(request));
        });
  }

  /** All pages in the server's order; fails with {@link TransferException}. */
  Multi<List<ListedObject>> pages() {
    return pages(KeyRange.ALL);
  }

  /**
   * The pages with the keys of a range. The last page may have keys after the range. Fails with
   * {@link TransferException}, also if the server sends a page twice.
   */
  Multi<List<ListedObject>> pages(KeyRange range) {
    return Multi.createBy()
        .repeating()
        .uni(ListingProgress::new, progress -> nextPage(progress, range))
        .whilst(page -> page.truncated() && !endsAfter(page, range))
        .onItem()
        .transform(ListingPage::objects);
  }

  private Uni<ListingPage> nextPage(ListingProgress progress, KeyRange range) {
    SortedMap<String, String> parameters = new TreeMap<>();
    if (progress.token().isPresent()) {
      parameters.put("continuation-token", progress.token().get());
    } else {
      range.after().ifPresent(key -> parameters.put("start-after", key));
    }
    return retries.around(page(parameters)).onItem().invoke(progress::advance);
  }

  private Uni<ListingPage> page(SortedMap<String, String> parameters) {
    return connection.exchange(
        () -> connection.requests().list(parameters),
        exchange ->
            exchange
                .send()
                .compose(response ->
                    response.statusCode() == OK
                        ? connection
                            .body(response, exchange, LONGEST_PAGE)
                            .compose(
                                body -> Future.succeededFuture(ListingPage.parse(body.getBytes())))
                        : connection.refused(response, exchange)));
  }

  private static boolean endsAfter(ListingPage page, KeyRange range) {
    return range.upTo().isPresent()
        && !page.objects().isEmpty()
        && KeyOrder.compare(page.objects().getLast().key(), range.upTo().get()) > 0;
  }
}
