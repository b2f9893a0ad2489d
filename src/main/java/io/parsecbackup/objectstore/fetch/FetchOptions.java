package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.storage.Layout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The objects that a run fetches.
 *
 * @param references the objects that the dump refers to, as a {@code references.tsv}; empty if they
 *     are unknown
 * @param listing whether the run compares the whole listing with the repository
 * @param unreferenced whether it fetches listed objects that the dump does not refer to
 */
public record FetchOptions(Optional<Path> references, boolean listing, boolean unreferenced) {

  /** Everything that the source lists, and everything that the dump refers to if that is known. */
  public static FetchOptions listing(Optional<Path> references) {
    return new FetchOptions(references, true, true);
  }

  /**
   * Only what the dump refers to.
   *
   * @param compare whether the run also compares the listing, to find objects that were replaced
   */
  public static FetchOptions references(Path references, boolean compare) {
    return new FetchOptions(Optional.of(references), compare, false);
  }

  /**
   * What a part of a planned run needs to know, whose plan says which objects it fetches.
   *
   * @param knowsReferences see {@link #knowsReferences()}
   */
  static FetchOptions ofPart(boolean knowsReferences) {
    return new FetchOptions(
        knowsReferences ? Optional.of(Path.of(Layout.REFERENCES)) : Optional.empty(), false, false);
  }

  /** Whether the listing only serves to check objects that the repository has. */
  boolean isListingOptional() {
    return listing && !unreferenced;
  }

  /** The same without the listing. */
  FetchOptions withoutListing() {
    return new FetchOptions(references, false, unreferenced);
  }

  /** Whether an object without a reference is known to be needed by no dump. */
  boolean knowsReferences() {
    return references.isPresent();
  }
}
