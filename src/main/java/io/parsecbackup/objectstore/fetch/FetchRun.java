package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.raid.NodeEtags;
import io.parsecbackup.objectstore.raid.SourceBuckets;
import io.parsecbackup.objectstore.raid.SourceLayout;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.objectstore.s3.Pipeline;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The steps of one sync: list where that is asked for, compare, copy, prove.
 *
 * @param opener of the source's buckets, asked only where something is wanted of them
 */
record FetchRun(
    FetchOptions order,
    SourceLayout layout,
    Supplier<SourceBuckets> opener,
    Repository repository,
    Workspace workspace,
    FetchCounters counters,
    Cancellation cancellation) {

  /** Records read ahead of those that are being fetched. */
  private static final int READ_AHEAD = 64;

  /** The list of what is lacking at the end; empty when nothing is. */
  Optional<Path> run() throws IOException {
    FetchFailures failures = new FetchFailures(workspace.scratch());
    FetchPlan plan;
    if (order.listing()) {
      try (SourceBuckets buckets = opener.get()) {
        plan = listed(buckets);
        copy(plan, buckets, failures);
      }
    } else {
      plan = compared(order, Collections.emptyIterator());
      if (!plan.isDone()) {
        try (SourceBuckets buckets = opener.get()) {
          copy(plan, buckets, failures);
        }
      }
    }
    try (RecordStream<IndexRecord> unproven = plan.unproven();
        RecordStream<IndexRecord> brought = workspace.brought();
        RecordStream<IndexRecord> failed = failures.sorted();
        RecordStream<IndexRecord> accepted = accepted("proof");
        CollisionList collisions = CollisionList.open(workspace)) {
      return new ReferenceProof(counters, workspace.file(Layout.MISSING), collisions)
          .write(unproven, brought, failed, accepted, cancellation);
    }
  }

  /** What has to be done by the listing, or without it where it fails and is not needed. */
  private FetchPlan listed(SourceBuckets buckets) throws IOException {
    try (SourceBuckets.Listing listing = buckets.list(order.references())) {
      return compared(order, listing.objects());
    } catch (SourceBuckets.UnlistableException e) {
      if (!order.isListingOptional()) {
        throw e.problem();
      }
      counters.uncompared = Optional.of(String.valueOf(e.problem().getMessage()));
      return compared(order.withoutListing(), Collections.emptyIterator());
    }
  }

  private FetchPlan compared(FetchOptions todo, Iterator<IndexRecord> listed) throws IOException {
    FetchPlan plan =
        new FetchPlan(
            todo, workspace, workspace.scratch(), repository.objects(), counters, layout::isSame);
    compare(todo, plan, listed);
    return plan;
  }

  private void compare(FetchOptions todo, FetchPlan plan, Iterator<IndexRecord> listed)
      throws IOException {
    try (RecordStream<IndexRecord> known = workspace.known();
        RecordStream<IndexRecord> damaged = workspace.damaged()) {
      if (todo.references().isEmpty()) {
        plan.compare(Collections.emptyIterator(), known, damaged, listed, cancellation);
        return;
      }
      try (ReferenceStream references = new ReferenceStream(todo.references().get())) {
        if (todo.listing() || damaged.hasNext()) {
          plan.compare(references, known, damaged, listed, cancellation);
        } else {
          plan.compare(references, known, cancellation);
        }
      }
    }
  }

  private void copy(FetchPlan plan, SourceBuckets buckets, FetchFailures failures)
      throws IOException {
    ObjectFetcher fetch =
        new ObjectFetcher(
            buckets.name(),
            buckets.objects(),
            workspace,
            repository.objects(),
            counters,
            failures,
            order.knowsReferences(),
            new OutageWatch(3 * buckets.objectsInFlight(), buckets.probe()));
    each("recheck", plan.toRecheck(), buckets, fetch::recheck);
    each("fetch", plan.toFetch(), buckets, fetch::fetch);
    each("replaced", plan.replaced(), buckets, fetch::lookAtReplaced);
    if (buckets.hasAcceptedDamage()) {
      takeBack(failures);
    }
  }

  /**
   * Of what this run has brought, that which was accepted only because no ETag had proven to be an
   * MD5 then is neither final nor whole. Without its ETag, for the source would say that it has not
   * changed, the next run fetches it again.
   */
  private void takeBack(FetchFailures failures) throws IOException {
    try (RecordStream<IndexRecord> brought = workspace.brought()) {
      while (brought.hasNext()) {
        IndexRecord entry = brought.next();
        if (entry.check() == ContentCheck.LENGTH && NodeEtags.haveMd5(entry.etag())) {
          workspace
              .journal()
              .add(
                  new IndexRecord(
                      entry.key(),
                      entry.size(),
                      entry.sha256(),
                      "",
                      entry.lastModified(),
                      false,
                      entry.check()));
          failures.add(
              entry.key(),
              FetchFailures.Kind.UNREADABLE,
              "its bytes contradict its ETag, which is an MD5 at this source");
        }
      }
    }
  }

  /** What is to be done with a record. */
  private interface Work {
    /**
     * Does it.
     *
     * @param isAccepted whether it is known, and accepted, that the source lost the object
     */
    Uni<Void> with(IndexRecord entry, boolean isAccepted);
  }

  private RecordStream<IndexRecord> accepted(String step) throws IOException {
    return repository.acceptedLosses().open(workspace.scratch(), "accepted-" + step);
  }

  /** Does {@code work} with each record, with a few of them at once. */
  private void each(
      String step, RecordStream<IndexRecord> records, SourceBuckets buckets, Work work)
      throws IOException {
    try (records;
        RecordStream<IndexRecord> accepted = accepted(step)) {
      Pipeline.run(
          Pipeline.each(records)
              .emitOn(buckets.disk(), READ_AHEAD)
              .onItem()
              .transformToUni(entry -> work.with(entry, accepted.take(entry.key()).isPresent()))
              .merge(buckets.objectsInFlight())
              .onItem()
              .ignoreAsUni(),
          cancellation,
          failure -> failure);
    }
  }
}
