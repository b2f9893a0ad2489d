package io.parsecbackup.objectstore.listing;

import io.parsecbackup.objectstore.content.TransferException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The position of a listing, and whether it moves forward. A server may sort in another order (see
 * {@link BucketListing}), but it must not send a page twice: its listing would never end.
 *
 * <p>One page is remembered, and replaced by a later one each time the number of pages has doubled;
 * each page is compared with it (R. P. Brent, 1980). A cycle of any length, after any number of
 * pages, is found before its third round, in the memory of one page.
 */
final class ListingProgress {

  /** A few pages without an object are valid: their objects may have been deleted. */
  private static final int MOST_EMPTY_IN_A_ROW = 1_000;

  private Optional<String> token = Optional.empty();
  private @Nullable Mark remembered;
  private long pages;
  private long rememberAgainAt = 1;
  private int emptyInARow;

  /** Identifies a page. */
  private record Mark(String first, String last, int objects) {
    static Mark of(List<ListedObject> page) {
      return new Mark(page.getFirst().key(), page.getLast().key(), page.size());
    }
  }

  /** The token of the next page; empty for the first. */
  Optional<String> token() {
    return token;
  }

  /**
   * Records a page.
   *
   * @throws TransferException if the listing makes no progress with it
   */
  void advance(ListingPage page) {
    if (page.truncated() && (page.next().isEmpty() || page.next().equals(token))) {
      throw refused(
          "the server says that its listing continues, but sends "
              + (page.next().isEmpty() ? "no" : "the same")
              + " continuation token");
    }
    token = page.next();
    if (page.objects().isEmpty()) {
      if (++emptyInARow > MOST_EMPTY_IN_A_ROW) {
        throw refused(
            "the listing does not move forward: " + emptyInARow + " pages in a row name no object");
      }
      return;
    }
    emptyInARow = 0;
    Mark mark = Mark.of(page.objects());
    if (mark.equals(remembered)) {
      throw refused(
          "the listing does not move forward: its page that begins with '"
              + mark.first()
              + "' came twice");
    }
    if (++pages == rememberAgainAt) {
      remembered = mark;
      rememberAgainAt *= 2;
    }
  }

  private static TransferException refused(String why) {
    return new TransferException(TransferException.Kind.REFUSED, why);
  }
}
