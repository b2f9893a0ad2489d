package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.AcceptedLosses;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The proof that everything the dump refers to is in the index with the right size: what the index
 * alone had not proven before the work is compared with what the work has brought. What is missing
 * is listed with the reason; a loss that was accepted is listed too, and counted apart.
 */
record ReferenceProof(FetchCounters counters, Path list, CollisionList collisions) {

  /**
   * Joins four streams in key order.
   *
   * @param unproven the references that are to be proven, of {@link UnprovenReference}
   * @param brought what this run has put into the index
   * @param failures what it could not fetch, referenced or not
   * @param accepted the losses that were accepted
   * @return the list of what is missing; empty when nothing is
   */
  Optional<Path> write(
      RecordStream<IndexRecord> unproven,
      RecordStream<IndexRecord> brought,
      RecordStream<IndexRecord> failures,
      RecordStream<IndexRecord> accepted,
      Cancellation cancellation)
      throws IOException {
    Cursor<IndexRecord> references = new Cursor<>(unproven, IndexRecord::key);
    Cursor<IndexRecord> index = new Cursor<>(brought, IndexRecord::key);
    Cursor<IndexRecord> failed = new Cursor<>(failures, IndexRecord::key);
    Cursor<IndexRecord> losses = new Cursor<>(accepted, IndexRecord::key);
    try (MissingListWriter missing = new MissingListWriter(list)) {
      while (true) {
        cancellation.throwIfCancelled();
        Optional<String> next = Cursor.first(references, failed);
        if (next.isEmpty()) {
          return missing.file();
        }
        String key = next.get();
        Optional<IndexRecord> reference = references.take(key);
        Optional<IndexRecord> entry = index.take(key);
        Optional<IndexRecord> failure = failed.take(key);
        if (reference.isPresent() && entry.isPresent() && isProof(reference.get(), entry.get())) {
          continue;
        }
        if (reference.isEmpty() && FetchFailures.isReplacement(failure.orElseThrow())) {
          continue;
        }
        String bound = reference.map(UnprovenReference::binding).orElse(AcceptedLosses.NO_ROW);
        boolean isAccepted =
            losses.take(key).filter(loss -> AcceptedLosses.binding(loss).equals(bound)).isPresent();
        count(failure, isAccepted);
        missing.add(
            key,
            (isAccepted ? MissingList.ACCEPTED : "")
                + collision(reference)
                + failure
                    .map(FetchFailures::why)
                    .orElseGet(() -> reason(reference.orElseThrow(), entry)));
      }
    }
  }

  private void count(Optional<IndexRecord> failure, boolean isAccepted) {
    if (isAccepted) {
      counters.accepted.increment();
    } else if (failure.isPresent() && FetchFailures.isUnreadable(failure.get())) {
      counters.failed.increment();
    } else {
      counters.missing.increment();
    }
  }

  /** Why no object can be right for the rows, if that is so. */
  private String collision(Optional<IndexRecord> reference) throws IOException {
    if (reference.isEmpty() || reference.get().size() != FetchPlan.ANY_SIZE) {
      return "";
    }
    return collisions
            .explain(reference.get().key())
            .orElseGet(() ->
                "the dump names it with different sizes ("
                    + UnprovenReference.sizes(reference.get())
                    + " bytes)")
        + "; ";
  }

  private static boolean isProof(IndexRecord reference, IndexRecord entry) {
    return entry.covered() && entry.size() == reference.size();
  }

  private static String reason(IndexRecord reference, Optional<IndexRecord> entry) {
    if (entry.isEmpty()) {
      return "it could not be brought into the repository; the log says why";
    }
    return reference.size() == FetchPlan.ANY_SIZE
        ? "the source's object has " + entry.get().size() + " bytes"
        : "the dump says " + reference.size() + " bytes, the source's has " + entry.get().size();
  }
}
