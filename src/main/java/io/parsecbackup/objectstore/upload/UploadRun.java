package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.KeyRange;
import io.parsecbackup.objectstore.listing.KeySamples;
import io.parsecbackup.objectstore.s3.Pipeline;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Damage;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The steps of one restore of objects: list, compare, send. */
record UploadRun(
    TargetBucket bucket,
    BucketListing listing,
    TargetObjects target,
    SourceFiles source,
    ObjectUploader sender,
    UploadFailures unsent,
    UploadReport report,
    Path scratch,
    Executor disk,
    int inFlight,
    Cancellation cancellation) {

  private static final int MOST_RANGES = 8;

  /** Two pages: less is not worth a request of its own. */
  private static final int LEAST_IN_RANGE = 2_000;

  /** Records read ahead of those that are being sent. */
  private static final int READ_AHEAD = 64;

  UploadOutcome run(Iterator<IndexRecord> records) throws IOException {
    RecordSorter<IndexRecord> wanted = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "wanted");
    KeySamples samples = new KeySamples();
    while (records.hasNext()) {
      cancellation.throwIfCancelled();
      IndexRecord entry = records.next();
      if (!report.share().has(entry.key())) {
        continue;
      }
      samples.add(entry.key());
      wanted.add(entry);
    }
    RecordSorter<IndexRecord> listed = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "listed");
    boolean there =
        list(
            samples.ranges((int) Math.clamp(samples.seen() / LEAST_IN_RANGE, 1, MOST_RANGES)),
            listed);
    UploadPlan plan = new UploadPlan(scratch, report);
    try (RecordStream<IndexRecord> all = wanted.sorted();
        RecordStream<IndexRecord> held = listed.sorted()) {
      plan.compare(all, held, cancellation);
    }
    each(plan.unproven(), entry -> prove(entry, plan));
    if (report.options().dryRun()) {
      look(plan.missing());
      look(plan.differing());
    } else {
      if (!there) {
        bucket.create();
      }
      each(plan.missing(), entry -> sender.send(entry, false));
      each(plan.differing(), entry -> sender.send(entry, true));
    }
    unsent.throwIfAny();
    return new UploadOutcome(!there);
  }

  /** Whether there is a bucket to list. */
  private boolean list(List<KeyRange> ranges, RecordSorter<IndexRecord> into) throws IOException {
    try {
      listing.read(ranges, into);
      return true;
    } catch (TransferException e) {
      if (e.kind() == TransferException.Kind.NO_BUCKET) {
        return false;
      }
      throw bucket.unlistable(e);
    }
  }

  private Uni<Void> prove(IndexRecord entry, UploadPlan plan) {
    return target
        .compare(entry, entry.etag())
        .onItem()
        .invoke(found -> {
          unsent.succeeded();
          try {
            switch (found) {
              case TargetObjects.Same same -> report.skipped();
              case TargetObjects.Differing differing -> plan.addDiffering(entry, differing.what());
              case TargetObjects.Absent absent -> plan.addMissing(entry);
              case TargetObjects.Unknown(Damage damage) -> report.damaged(damage);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .replaceWithVoid()
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> unsent.giveUp(entry.key(), failure));
  }

  /** Does {@code work} with each record, with {@link #inFlight} of them at once. */
  private void each(RecordStream<IndexRecord> records, Function<IndexRecord, Uni<Void>> work)
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
          bucket::unlistable);
    }
  }

  /** Tells what is lost or of another size, as far as that shows without reading all. */
  private void look(RecordStream<IndexRecord> records) {
    try (records) {
      while (records.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = records.next();
        source.proof().look(entry).ifPresent(report::damaged);
      }
    }
  }
}
