package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.raid.NodeEtags;
import io.parsecbackup.objectstore.raid.SourceBuckets;
import io.parsecbackup.objectstore.raid.SourceLayout;
import io.parsecbackup.objectstore.raid.SourceListing;
import io.parsecbackup.objectstore.raid.SourceObject;
import io.parsecbackup.objectstore.raid.UnlistableSourceException;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.objectstore.s3.ParallelRecords;
import io.parsecbackup.repository.AcceptedLoss;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The steps of one run: list if asked to, compare, fetch, prove. */
record FetchRun(
    FetchOptions options,
    Source source,
    Repository repository,
    Workspace workspace,
    FetchCounters counters,
    Cancellation cancellation) {

  /**
   * Where the objects come from.
   *
   * @param opener opens the buckets; called only if the run needs them
   */
  record Source(SourceLayout layout, Supplier<SourceBuckets> opener) {}

  /** Runs all steps. Returns the list of missing objects; empty if no object is missing. */
  Optional<Path> run() throws IOException {
    FetchFailures failures = new FetchFailures(workspace.scratch());
    FetchPlan plan;
    if (options.listing()) {
      try (SourceBuckets buckets = source.opener().get()) {
        plan = planByListing(buckets);
        fetch(plan, buckets, failures);
      }
    } else {
      plan = plan();
      fetch(plan, failures);
    }
    RecordSorter<IndexRecord> lost = newLost();
    dropLost(failures, lost);
    repository.damagedObjects().noteLost(workspace, lost);
    return prove(plan.unproven(), failures.sorted());
  }

  /** Lists if asked to, and compares. Nothing is fetched. */
  FetchPlan plan() throws IOException {
    if (!options.listing()) {
      return plan(options, Collections.emptyIterator());
    }
    try (SourceBuckets buckets = source.opener().get()) {
      return planByListing(buckets);
    }
  }

  /** Fetches and compares what the lists name. */
  void fetch(FetchLists lists, FetchFailures failures) throws IOException {
    if (lists.needsSource()) {
      try (SourceBuckets buckets = source.opener().get()) {
        fetch(lists, buckets, failures);
      }
    }
  }

  /**
   * Proves the references by what the run has stored, and closes both streams.
   *
   * @return the list of missing objects; empty if no object is missing
   */
  Optional<Path> prove(
      RecordStream<UnprovenReference> references, RecordStream<FetchFailure> failures)
      throws IOException {
    try (RecordStream<UnprovenReference> unproven = references;
        RecordStream<FetchFailure> failed = failures;
        RecordStream<IndexRecord> stored = workspace.stored();
        RecordStream<AcceptedLoss> accepted = accepted("proof");
        CollisionList collisions = CollisionList.open(workspace)) {
      return new ReferenceProof(counters, workspace.file(Layout.MISSING), collisions)
          .write(unproven, stored, failed, accepted, cancellation);
    }
  }

  /** For {@link #dropLost}. */
  RecordSorter<IndexRecord> newLost() {
    return new RecordSorter<>(IndexCodec.INSTANCE, workspace.scratch(), "dropped");
  }

  /**
   * An object that the repository's server has lost is one that could not be stored.
   *
   * @param lost receives them
   */
  void dropLost(FetchFailures failures, RecordSorter<IndexRecord> lost) throws IOException {
    workspace.dropLost(
        (entry, why) -> {
          failures.notStored(entry.key(), why);
          lost.add(entry);
        },
        cancellation);
  }

  /** Plans with the listing, or without it if it fails and is optional. */
  private FetchPlan planByListing(SourceBuckets buckets) throws IOException {
    try (SourceListing listing = buckets.list(options.references())) {
      return plan(options, listing.objects());
    } catch (UnlistableSourceException e) {
      if (!options.isListingOptional()) {
        throw e.problem();
      }
      counters.uncompared = Optional.of(String.valueOf(e.problem().getMessage()));
      return plan(options.withoutListing(), Collections.emptyIterator());
    }
  }

  private FetchPlan plan(FetchOptions todo, Iterator<SourceObject> listed) throws IOException {
    FetchPlan plan = new FetchPlan(workspace.scratch());
    FetchPlanner planner =
        new FetchPlanner(todo, workspace, repository.objects(), counters, source.layout(), plan);
    try (RecordStream<IndexRecord> known = workspace.known();
        RecordStream<String> damaged = workspace.forgotten()) {
      if (todo.references().isEmpty()) {
        planner.compare(Collections.emptyIterator(), known, damaged, listed, cancellation);
        return plan;
      }
      try (ReferenceStream references = new ReferenceStream(todo.references().get())) {
        if (todo.listing() || damaged.hasNext()) {
          planner.compare(references, known, damaged, listed, cancellation);
        } else {
          planner.compare(references, known, cancellation);
        }
      }
    }
    return plan;
  }

  private void fetch(FetchLists lists, SourceBuckets buckets, FetchFailures failures)
      throws IOException {
    ObjectFetcher fetcher =
        new ObjectFetcher(
            buckets.name(),
            buckets.objects(),
            new OutageWatch(3 * buckets.objectsInFlight(), buckets.probe()),
            new ObjectPlacer(workspace, repository.objects(), counters, failures),
            failures,
            options.knowsReferences());
    ParallelRecords parallel =
        new ParallelRecords(buckets.disk(), buckets.objectsInFlight(), cancellation);
    each("recheck", lists.toRecheck(), IndexRecord::key, parallel, fetcher::recheck);
    each("fetch", lists.toFetch(), PlannedFetch::key, parallel, fetcher::fetch);
    each("replaced", lists.replaced(), IndexRecord::key, parallel, fetcher::lookAtReplaced);
    if (buckets.hasAcceptedDamage()) {
      takeBack(failures);
    }
  }

  /**
   * Undoes what this run accepted before it knew that the source's ETags are MD5s: objects that do
   * not match their ETag are neither final nor intact. Their records lose the ETag, so that the
   * next run fetches them again instead of asking whether they have changed.
   */
  private void takeBack(FetchFailures failures) throws IOException {
    try (RecordStream<IndexRecord> stored = workspace.stored()) {
      while (stored.hasNext()) {
        IndexRecord entry = stored.next();
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
              FetchFailure.Kind.UNREADABLE,
              "its bytes do not match its ETag, which is an MD5 at this source");
        }
      }
    }
  }

  /** The work on a record. */
  private interface Work<T> {
    /**
     * Does it.
     *
     * @param isAccepted whether the loss of the object is known and accepted
     */
    Uni<Void> with(T record, boolean isAccepted);
  }

  private RecordStream<AcceptedLoss> accepted(String step) throws IOException {
    return repository.acceptedLosses().open(workspace.scratch(), "accepted-" + step);
  }

  private <T> void each(
      String step,
      RecordStream<T> records,
      Function<T, String> keyOf,
      ParallelRecords parallel,
      Work<T> work)
      throws IOException {
    try (records;
        RecordStream<AcceptedLoss> accepted = accepted(step)) {
      parallel.each(
          records,
          record -> work.with(record, accepted.take(keyOf.apply(record)).isPresent()),
          failure -> failure);
    }
  }
}
