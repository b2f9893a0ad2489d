package io.parsecbackup.sync;

import io.parsecbackup.Cancellation;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.Layout;
import io.parsecbackup.repository.RecordStream;
import io.parsecbackup.repository.ReferenceStream;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The steps of one sync: list where that is asked for, compare, copy, prove. */
record SyncRun(
    SyncOrder order,
    Blockstore.S3 bucket,
    BucketListing listing,
    ObjectSource source,
    Repository repository,
    Workspace workspace,
    SyncCounters counters,
    Executor disk,
    int inFlight,
    Cancellation cancellation) {

  /** Records read ahead of those that are being fetched. */
  private static final int READ_AHEAD = 64;

  /** Where the server has no ETags, by the date. */
  static final SyncPlan.Sameness SAME_OBJECT =
      (held, listed) ->
          held.size() == listed.size()
              && held.etag().equals(listed.etag())
              && (!held.etag().isEmpty() || held.lastModified().equals(listed.lastModified()));

  /** The list of what is lacking at the end; empty when nothing is. */
  Optional<Path> run() throws IOException {
    SyncPlan plan = new SyncPlan(order, workspace, repository.objects(), counters, SAME_OBJECT);
    compare(plan);
    Failures failures = new Failures(workspace.scratch());
    ObjectFetch fetch =
        new ObjectFetch(
            bucket.bucket(),
            source,
            workspace,
            repository.objects(),
            counters,
            failures,
            order.knowsReferences(),
            3 * inFlight);
    each(plan.toRecheck(), fetch::recheck);
    each(plan.toFetch(), fetch::fetch);
    each(plan.replaced(), fetch::lookAtReplaced);
    try (RecordStream unproven = plan.unproven();
        RecordStream brought = workspace.brought();
        RecordStream failed = failures.sorted()) {
      return new Proof(counters, workspace.file(Layout.MISSING))
          .write(unproven, brought, failed, cancellation);
    }
  }

  private void compare(SyncPlan plan) throws IOException {
    try (RecordStream known = workspace.known();
        RecordStream damaged = workspace.damaged();
        RecordStream listed = listed()) {
      if (order.references().isEmpty()) {
        plan.compare(Collections.emptyIterator(), known, damaged, listed, cancellation);
        return;
      }
      try (ReferenceStream references = new ReferenceStream(order.references().get())) {
        plan.compare(references, known, damaged, listed, cancellation);
      }
    }
  }

  private RecordStream listed() throws IOException {
    return order.listing()
        ? new SourceListing(bucket, listing, workspace.scratch()).read(order.references())
        : RecordStream.empty();
  }

  /** Does {@code work} with each record, with {@link #inFlight} of them at once. */
  private void each(RecordStream records, Function<IndexRecord, Uni<Void>> work)
      throws IOException {
    try (records) {
      Pipeline.run(
          Pipeline.each(records)
              .emitOn(disk, READ_AHEAD)
              .onItem()
              .transformToUni(work::apply)
              .merge(inFlight)
              .onItem()
              .ignoreAsUni(),
          cancellation,
          failure -> BucketSync.unlistable(bucket, failure));
    }
  }
}
