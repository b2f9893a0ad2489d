package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.AcceptedLosses;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Reference;
import java.time.Instant;

/** A reference that the index alone does not prove, as a record that can be sorted by its key. */
final class UnprovenReference {

  private static final String NO_DIGEST = "0".repeat(64);

  private UnprovenReference() {}

  /**
   * The sizes of its rows stand where the ETag would.
   *
   * @param wasHeld whether the repository held the object, and it was found damaged or lost here
   */
  static IndexRecord of(Reference reference, boolean wasHeld) {
    return new IndexRecord(
        reference.key(),
        reference.size().orElse(FetchPlan.ANY_SIZE),
        NO_DIGEST,
        reference.sizeList(),
        Instant.EPOCH,
        wasHeld);
  }

  /** The sizes of its rows, as {@link Reference#sizeList} has them. */
  static String sizes(IndexRecord unproven) {
    return unproven.etag();
  }

  /** What an acceptance of its loss has to be bound to. */
  static String binding(IndexRecord unproven) {
    return AcceptedLosses.binding(sizes(unproven), unproven.covered());
  }
}
