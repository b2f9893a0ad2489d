package io.parsecbackup.sync;

import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.Reference;
import java.time.Instant;

/** A reference that the index alone does not prove, as a record that can be sorted by its key. */
final class Unproven {

  private static final String NO_DIGEST = "0".repeat(64);

  private Unproven() {}

  /** The sizes of its rows stand where the ETag would. */
  static IndexRecord of(Reference reference) {
    return new IndexRecord(
        reference.key(),
        reference.size().orElse(SyncPlan.ANY_SIZE),
        NO_DIGEST,
        reference.sizeList(),
        Instant.EPOCH,
        false);
  }

  /** The sizes of its rows, as {@link Reference#sizeList} has them. */
  static String sizes(IndexRecord unproven) {
    return unproven.etag();
  }
}
