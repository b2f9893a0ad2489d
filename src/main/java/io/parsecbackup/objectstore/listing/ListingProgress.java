package io.parsecbackup.objectstore.listing;

import io.parsecbackup.objectstore.content.TransferException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a listing stands, and whether it moves forward. A server that sorts in an order of its own
 * is not refused (see {@link BucketListing}), but one that gives a page again is: its listing would
 * never end.
 *
 * <p>One page is remembered, a later one each time the number of pages has doubled, and each page
 * is compared with it (R. P. Brent, 1980): a circle of any length, reached after any number of
 * pages, is found before it has been walked three times, in no more memory than one page takes.
 */
final class ListingProgress {

  /** Pages without an object, as of objects that were deleted, may come; not for ever. */
  private static final int MOST_EMPTY_IN_A_ROW = 1_000;

  private Optional<String> token = Optional.empty();
  private @Nullable Mark remembered;
  private long pages;
  private long rememberAgainAt = 1;
  private int emptyInARow;

  /** What tells a page from any other. */
  private record Mark(String first, String last, int objects) {
    static Mark of(List<ListedObject> page) {
      return new Mark(page.getFirst().key(), page.getLast().key(), page.size());
    }
  }

  /** What the next page is asked for with; empty for the first. */
  Optional<String> token() {
    return token;
  }

  /**
   * Takes note of a page.
   *
   * @throws TransferException when it does not lead on
   */
  void advance(ListingPage page) {
    if (page.truncated() && (page.next().isEmpty() || page.next().equals(token))) {
      throw refused(
          "the server says that its listing goes on, but not where: "
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
