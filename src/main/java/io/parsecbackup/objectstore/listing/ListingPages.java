package io.parsecbackup.objectstore.listing;

import io.parsecbackup.objectstore.content.TransferException;
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
   * arrived and was truncated. Fails with {@link TransferException}, also if the page has keys that
   * were not asked for.
   */
  public Uni<ListingPage> next() {
    SortedMap<String, String> request = new TreeMap<>(parameters);
    progress.token().ifPresent(token -> request.put("continuation-token", token));
    return requests
        .apply(request)
        .onItem()
        .invoke(this::requireWhatWasAskedFor)
        .onItem()
        .invoke(progress::advance);
  }

  /** A proxy that drops parameters shows all keys: a caller would delete or use other files. */
  private void requireWhatWasAskedFor(ListingPage page) {
    String prefix = parameters.getOrDefault("prefix", "");
    String delimiter = parameters.getOrDefault("delimiter", "");
    for (ListedObject object : page.objects()) {
      String key = object.key();
      require(key.startsWith(prefix), key, "prefix", prefix);
      require(
          delimiter.isEmpty() || key.indexOf(delimiter, prefix.length()) < 0,
          key,
          "delimiter",
          delimiter);
    }
    for (String folder : page.folders()) {
      require(folder.startsWith(prefix), folder, "prefix", prefix);
      int end = folder.length() - delimiter.length();
      require(
          !delimiter.isEmpty() && folder.indexOf(delimiter, prefix.length()) == end,
          folder,
          "delimiter",
          delimiter);
    }
  }

  private static void require(boolean asked, String key, String parameter, String value) {
    if (!asked) {
      throw new TransferException(
          TransferException.Kind.UNSUPPORTED,
          "the server, or a proxy before it, ignores the parameter "
              + parameter
              + " of a listing: it shows '"
              + key
              + "' for '"
              + value
              + "'");
    }
  }
}
