package io.parsecbackup.objectstore.listing;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.Pipeline;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.index.RecordSorter;
import io.smallrye.mutiny.Multi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A bucket's whole listing. Ranges of keys are read in parallel and sorted into our order, so that
 * nothing is missing if the server sorts differently.
 */
public record BucketListing(S3Listing listing, Executor disk, Cancellation cancellation) {

  private static final Logger LOG = Logger.getLogger(BucketListing.class);

  /**
   * Adds every object of the bucket to {@code into}.
   *
   * @param ranges together hold every possible key
   * @throws TransferException when the bucket cannot be listed
   */
  public void read(List<KeyRange> ranges, RecordSorter<ListedObject> into) throws IOException {
    if (!readInOrder(ranges, into) && ranges.size() > 1) {
      // The server's ranges are then not the same as ours.
      LOG.info(
          "the server does not list keys in the order of their bytes; the listing starts again"
              + " without ranges");
      readInOrder(List.of(KeyRange.ALL), into);
    }
  }

  /** Whether the server listed all ranges in the order of the keys' bytes. */
  private boolean readInOrder(List<KeyRange> ranges, RecordSorter<ListedObject> into)
      throws IOException {
    AtomicBoolean inOrder = new AtomicBoolean(true);
    Multi<List<ListedObject>> pages =
        Multi.createFrom()
            .iterable(ranges)
            .onItem()
            .transformToMulti(range -> {
              Order order = new Order(range);
              return listing
                  .pages(range)
                  .onItem()
                  .invoke(page -> {
                    if (!order.holds(page)) {
                      inOrder.set(false);
                    }
                  });
            })
            .merge(ranges.size());
    Pipeline.run(
        pages.emitOn(disk, 1).onItem().invoke(page -> add(page, into)).onItem().ignoreAsUni(),
        cancellation,
        failure -> failure);
    return inOrder.get();
  }

  private static void add(List<ListedObject> page, RecordSorter<ListedObject> into) {
    try {
      for (ListedObject object : page) {
        into.add(object);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks the order of one range's keys, page by page. */
  private static final class Order {
    private @Nullable String last;

    Order(KeyRange range) {
      last = range.after().orElse(null);
    }

    boolean holds(List<ListedObject> page) {
      boolean holds = true;
      for (ListedObject object : page) {
        holds &= last == null || KeyOrder.compare(last, object.key()) <= 0;
        last = object.key();
      }
      return holds;
    }
  }
}
