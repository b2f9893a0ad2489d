package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.AcceptedLoss;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Proves that every object of the dump is in the index with the right size. References that the
 * index did not prove before the run are compared with the objects that the run has stored. Missing
 * objects are listed with the reason; those whose loss was accepted are listed too, and counted
 * separately.
 *
 * @param list the file that names the missing objects
 */
record ReferenceProof(FetchCounters counters, Path list, CollisionList collisions) {

  /**
   * Joins four streams in key order.
   *
   * @param unproven the references to prove
   * @param stored the records that this run has added to the index
   * @param failures the objects that it could not fetch, whether or not the dump refers to them
   * @param accepted the losses that were accepted
   * @return the list of missing objects; empty if no object is missing
   */
  Optional<Path> write(
      RecordStream<UnprovenReference> unproven,
      RecordStream<IndexRecord> stored,
      RecordStream<FetchFailure> failures,
      RecordStream<AcceptedLoss> accepted,
      Cancellation cancellation)
      throws IOException {
    Cursor<UnprovenReference> references = new Cursor<>(unproven, UnprovenReference::key);
    Cursor<IndexRecord> index = new Cursor<>(stored, IndexRecord::key);
    Cursor<FetchFailure> failed = new Cursor<>(failures, FetchFailure::key);
    Cursor<AcceptedLoss> losses = new Cursor<>(accepted, AcceptedLoss::key);
    try (MissingListWriter missing = new MissingListWriter(list)) {
      while (true) {
        cancellation.throwIfCancelled();
        Optional<String> next = Cursor.first(references, failed);
        if (next.isEmpty()) {
          return missing.file();
        }
        String key = next.get();
        Optional<UnprovenReference> reference = references.take(key);
        Optional<IndexRecord> entry = index.take(key);
        Optional<FetchFailure> failure = failed.take(key);
        if (isProven(reference, entry) || concernsNoRow(reference, failure)) {
          continue;
        }
        String bound = reference.map(UnprovenReference::binding).orElse(AcceptedLoss.NO_ROW);
        boolean isAccepted =
            losses.take(key).filter(loss -> loss.binding().equals(bound)).isPresent();
        count(failure, isAccepted);
        missing.add(
            key,
            (isAccepted ? MissingList.ACCEPTED : "")
                + collision(reference)
                + failure
                    .map(FetchFailure::reason)
                    .orElseGet(() -> reason(reference.orElseThrow(), entry)));
      }
    }
  }

  private static boolean isProven(
      Optional<UnprovenReference> reference, Optional<IndexRecord> entry) {
    return reference.isPresent()
        && entry.isPresent()
        && reference.get().reference().isCoveredBy(entry.get());
  }

  /** Whether no row needs the object that the source has replaced. */
  private static boolean concernsNoRow(
      Optional<UnprovenReference> reference, Optional<FetchFailure> failure) {
    return reference.isEmpty() && is(failure, FetchFailure.Kind.REPLACED);
  }

  private static boolean is(Optional<FetchFailure> failure, FetchFailure.Kind kind) {
    return failure.isPresent() && failure.get().kind() == kind;
  }

  private void count(Optional<FetchFailure> failure, boolean isAccepted) {
    if (isAccepted) {
      counters.accepted.increment();
    } else if (is(failure, FetchFailure.Kind.UNREADABLE)) {
      counters.failed.increment();
    } else {
      counters.missing.increment();
    }
  }

  /** Why no object can match all rows; an empty text if one can. */
  private String collision(Optional<UnprovenReference> unproven) throws IOException {
    if (unproven.isEmpty() || unproven.get().reference().size().isPresent()) {
      return "";
    }
    return collisions
            .explain(unproven.get().key())
            .orElseGet(() ->
                "the dump names it with different sizes ("
                    + unproven.get().reference().sizeList()
                    + " bytes)")
        + "; ";
  }

  private static String reason(UnprovenReference unproven, Optional<IndexRecord> entry) {
    if (entry.isEmpty()) {
      return "it could not be stored in the repository; the log has the reason";
    }
    OptionalLong size = unproven.reference().size();
    long found = entry.get().size();
    return size.isEmpty()
        ? "the source's object has " + found + " bytes"
        : "the dump says " + size.getAsLong() + " bytes, the source's object has " + found;
  }
}
