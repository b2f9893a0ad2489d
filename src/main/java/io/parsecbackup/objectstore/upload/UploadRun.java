package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.KeySamples;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.objectstore.s3.ParallelRecords;
import io.parsecbackup.repository.ObjectProof;
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
import java.util.function.Function;

/** The steps of one upload: list, compare, upload. */
record UploadRun(
    TargetListing listing,
    TargetObjects target,
    ObjectUploader uploader,
    UploadReport report,
    ParallelRecords parallel,
    Path scratch) {

  UploadOutcome run(Iterator<IndexRecord> records) throws IOException {
    RecordSorter<IndexRecord> backup = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "backup");
    KeySamples samples = new KeySamples();
    while (records.hasNext()) {
      parallel.cancellation().throwIfCancelled();
      IndexRecord entry = records.next();
      if (!report.share().has(entry.key())) {
        continue;
      }
      samples.add(entry.key());
      backup.add(entry);
    }
    RecordSorter<ListedObject> listed = new RecordSorter<>(ListedObject.CODEC, scratch, "listed");
    boolean exists = listing.read(samples, listed);
    UploadPlan plan = new UploadPlan(scratch, report);
    try (RecordStream<IndexRecord> all = backup.sorted();
        RecordStream<ListedObject> there = listed.sorted()) {
      plan.compare(all, there, parallel.cancellation());
    }
    each(plan.unchecked(), unchecked -> compare(unchecked, plan));
    if (report.options().dryRun()) {
      look(plan.missing());
      look(plan.differing());
    } else {
      if (!exists) {
        listing.bucket().create();
      }
      each(plan.missing(), entry -> uploader.upload(entry, false));
      each(plan.differing(), entry -> uploader.upload(entry, true));
    }
    report.failures().throwIfAny();
    return new UploadOutcome(!exists);
  }

  private Uni<Void> compare(UncheckedObject unchecked, UploadPlan plan) {
    IndexRecord entry = unchecked.entry();
    return target
        .compare(entry, unchecked.targetEtag())
        .onItem()
        .invoke(result -> {
          report.failures().succeeded();
          try {
            switch (result) {
              case TargetObjects.Same same -> report.skipped();
              case TargetObjects.Differing differing -> plan.addDiffering(entry, differing.bytes());
              case TargetObjects.Absent absent -> plan.addMissing(entry);
              case TargetObjects.Unknown(Damage damage) -> report.damaged(entry, damage);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .replaceWithVoid()
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> report.failures().giveUp(entry.key(), failure));
  }

  private <T> void each(RecordStream<T> records, Function<T, Uni<Void>> work) throws IOException {
    parallel.each(records, work, listing.bucket()::unlistable);
  }

  /** In a dry run, reports objects whose files are lost or have another size. Reads no bytes. */
  private void look(RecordStream<IndexRecord> records) throws IOException {
    try (records) {
      if (!records.hasNext()) {
        return;
      }
      ObjectProof.Look look = target.source().lookInOrder();
      while (records.hasNext()) {
        parallel.cancellation().throwIfCancelled();
        IndexRecord entry = records.next();
        look.at(entry).ifPresent(damage -> report.damaged(entry, damage));
      }
    }
  }
}
