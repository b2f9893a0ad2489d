package io.parsecbackup.objectstore.fetch;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run is to bring into the repository.
 *
 * @param references the objects that the dump refers to, as a {@code references.tsv}; empty where
 *     that is not known
 * @param listing whether the whole listing is compared with the repository
 * @param unreferenced whether listed objects are copied that the dump does not refer to
 */
public record FetchOptions(Optional<Path> references, boolean listing, boolean unreferenced) {

  /** All that the bucket lists, and all that the dump refers to where that is known. */
  public static FetchOptions listing(Optional<Path> references) {
    return new FetchOptions(references, true, true);
  }

  /**
   * What the dump refers to, and nothing else.
   *
   * @param compare whether the listing is looked through, too, for objects that were replaced
   */
  public static FetchOptions references(Path references, boolean compare) {
    return new FetchOptions(Optional.of(references), compare, false);
  }

  /** Whether the listing is looked through only to check on what is held. */
  boolean isListingOptional() {
    return listing && !unreferenced;
  }

  /** The same without the listing. */
  FetchOptions withoutListing() {
    return new FetchOptions(references, false, unreferenced);
  }

  /** Whether a copied object that no reference names is one that nothing needs. */
  boolean knowsReferences() {
    return references.isPresent();
  }
}
