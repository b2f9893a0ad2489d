package io.parsecbackup.sync;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Workspace;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Brings single objects into the repository: fetched into scratch, checked, put in their place. */
final class ObjectFetch {

  private static final Logger LOG = Logger.getLogger(ObjectFetch.class);

  private final String bucket;
  private final ObjectTransfer transfer;
  private final Workspace workspace;
  private final ObjectFiles objects;
  private final SyncCounters counters;
  private final MissingObjects missing;
  private final Executor disk;
  private final Retries retries;
  private final int mostFailuresInARow;
  private final AtomicLong parts = new AtomicLong();
  private final AtomicInteger failuresInARow = new AtomicInteger();

  /**
   * @param bucket its name, for messages
   * @param disk runs what blocks: no event loop waits for a file
   * @param mostFailuresInARow so many unreadable objects without a readable one between them mean
   *     that the bucket itself is gone
   */
  ObjectFetch(
      String bucket,
      ObjectTransfer transfer,
      Workspace workspace,
      ObjectFiles objects,
      SyncCounters counters,
      MissingObjects missing,
      Executor disk,
      Retries retries,
      int mostFailuresInARow) {
    this.bucket = bucket;
    this.transfer = transfer;
    this.workspace = workspace;
    this.objects = objects;
    this.counters = counters;
    this.missing = missing;
    this.disk = disk;
    this.retries = retries;
    this.mostFailuresInARow = mostFailuresInARow;
  }

  /**
   * Copies {@code listed}, or counts it as missing or failed. Fails only where the run has to end:
   * a full disk, a lost bucket.
   */
  Uni<Void> fetch(ListedObject listed) {
    return retries
        .around(Uni.createFrom().deferred(() -> attempt(listed)))
        .onItem()
        .invoke(arrived -> place(arrived.part(), listed, arrived.fetched()))
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> giveUp(listed, (TransferException) failure))
        .replaceWithVoid();
  }

  /** What arrived, and the file it is in. */
  private record Arrived(Path part, FetchedObject fetched) {}

  /** Each try has a file of its own: of one that broke off, a late chunk may still be written. */
  private Uni<Arrived> attempt(ListedObject listed) {
    Path part = workspace.file("part-" + parts.incrementAndGet());
    return transfer
        .get(listed.key(), "", part)
        .emitOn(disk)
        .onItem()
        .invoke(fetched -> {
          String fault = fetched.fault(Wanted.of(listed.asRecord()));
          if (!fault.isEmpty()) {
            throw new TransferException(TransferException.Kind.PASSING, fault);
          }
        })
        .onFailure()
        .recoverWithUni(failure -> cleared(part, failure))
        .onItem()
        .transform(fetched -> new Arrived(part, fetched));
  }

  private void place(Path part, ListedObject listed, FetchedObject fetched) {
    IndexRecord entry =
        new IndexRecord(
            listed.key(),
            fetched.size(),
            fetched.sha256(),
            fetched.etag(),
            // The listing knows the time to the millisecond, but of these bytes only while they are
            // the listed ones.
            fetched.etag().equals(listed.etag()) ? listed.lastModified() : fetched.lastModified(),
            false);
    try {
      if (objects.place(part, entry, workspace.journal()) == ObjectFiles.Placed.DISPLACED) {
        counters.conflicts.increment();
        LOG.warnf(
            "the source gave other bytes for '%s' than were here; those are under conflicts/ now",
            listed.key());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    failuresInARow.set(0);
    counters.copied.increment();
    counters.copiedBytes.add(fetched.size());
    if (!fetched.hasMd5()) {
      counters.checkedByLengthOnly.increment();
    }
  }

  /** Fails with {@code failure} once nothing is left of {@code part}. */
  private static Uni<FetchedObject> cleared(Path part, Throwable failure) {
    try {
      Files.deleteIfExists(part);
      return Uni.createFrom().failure(failure);
    } catch (IOException e) {
      return Uni.createFrom().failure(new UncheckedIOException(e));
    }
  }

  private Uni<Arrived> giveUp(ListedObject listed, TransferException failure) {
    try {
      count(listed, failure);
      return Uni.createFrom().nullItem();
    } catch (IOException e) {
      return Uni.createFrom().failure(new UncheckedIOException(e));
    } catch (Problem lost) {
      return Uni.createFrom().failure(lost);
    }
  }

  private void count(ListedObject listed, TransferException failure) throws IOException {
    missing.add(listed.key(), String.valueOf(failure.getMessage()));
    if (failure.kind() == TransferException.Kind.ABSENT) {
      counters.missing.increment();
      LOG.warnf("the object '%s' was listed and is gone", listed.key());
      return;
    }
    counters.failed.increment();
    LOG.warnf("the object '%s' cannot be read: %s", listed.key(), failure.getMessage());
    if (failuresInARow.incrementAndGet() >= mostFailuresInARow) {
      throw new Problem(
          Kind.OBJECT_STORE,
          mostFailuresInARow
              + " objects in a row could not be read from the bucket "
              + bucket
              + ", the last because "
              + failure.getMessage()
              + ". What was copied is kept; run again when the bucket is back",
          failure);
    }
  }
}
