package io.parsecbackup.objectstore.listing;

import io.smallrye.mutiny.Uni;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Requests the pages of a listing one after another. */
public final class ListingPages {

  private final SortedMap<String, String> parameters;
  private final Function<SortedMap<String, String>, Uni<ListingPage>> requests;
  private final ListingProgress progress = new ListingProgress();

  ListingPages(
      SortedMap<String, String> parameters,
      Function<SortedMap<String, String>, Uni<ListingPage>> requests) {
    this.parameters = parameters;
    this.requests = requests;
  }

  /**
   * The first page, or the one after that of the last call. To be called when the last page has
   * arrived and was truncated. Fails with {@link
   * io.parsecbackup.objectstore.content.TransferException}.
   */
  public Uni<ListingPage> next() {
    SortedMap<String, String> request = new TreeMap<>(parameters);
    progress.token().ifPresent(token -> request.put("continuation-token", token));
    return requests.apply(request).onItem().invoke(progress::advance);
  }
}
