package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.StoredObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.smallrye.mutiny.Uni;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/** Brings single objects into the target: read, checked, and only then sent. */
final class ObjectUploader {

  private static final Logger LOG = Logger.getLogger(ObjectUploader.class);

  private final ObjectTransfer transfer;
  private final SourceFiles source;
  private final TargetObjects target;
  private final UploadReport report;
  private final UploadFailures unsent;
  private final Executor disk;
  private final Retries retries;

  /** Whether the server knows how to store only where nothing is. */
  private volatile boolean knowsConditions = true;

  /** Whether ETags of the form of an MD5 are proven to be none. */
  private volatile boolean etagsAreNoMd5;

  ObjectUploader(
      ObjectTransfer transfer,
      SourceFiles source,
      TargetObjects target,
      UploadReport report,
      UploadFailures unsent,
      Executor disk,
      Retries retries) {
    this.transfer = transfer;
    this.source = source;
    this.target = target;
    this.report = report;
    this.unsent = unsent;
    this.disk = disk;
    this.retries = retries;
  }

  /** One object's tries. */
  private static final class Tries {
    /** Whether an object that is there is not to be overwritten. */
    volatile boolean onlyIfAbsent;

    /** Whether a try had no known end: what is there may be ours. */
    volatile boolean unclear;

    Tries(boolean onlyIfAbsent) {
      this.onlyIfAbsent = onlyIfAbsent;
    }
  }

  /**
   * Sends the object of {@code entry}, or reports why not. Fails only where the run has to end: a
   * lost bucket.
   *
   * @param replacing whether the target holds other bytes, which are overwritten; else what
   *     somebody puts there meanwhile is not
   */
  Uni<Void> send(IndexRecord entry, boolean replacing) {
    return Uni.createFrom()
        .item(() -> source.read(entry))
        .runSubscriptionOn(disk)
        .onItem()
        .transformToUni(found ->
            switch (found) {
              case SourceFiles.Whole(Payload payload) -> send(entry, payload, replacing);
              case SourceFiles.Damaged(Damage damage) -> {
                report.damaged(damage);
                yield Uni.createFrom().voidItem();
              }
            });
  }

  private Uni<Void> send(IndexRecord entry, Payload payload, boolean replacing) {
    Tries tries = new Tries(!replacing && !report.replaces());
    return retries
        .around(Uni.createFrom().deferred(() -> attempt(entry, payload, tries)))
        .onItem()
        .invoke(stored -> {
          unsent.succeeded();
          report.sent(entry, replacing);
        })
        .replaceWithVoid()
        .onFailure(UncheckedIOException.class)
        .recoverWithUni(failure -> {
          // The message is its cause, in words: what the disk said.
          report.damaged(ObjectProof.unreadable(entry, String.valueOf(failure.getMessage())));
          return Uni.createFrom().voidItem();
        })
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> notTaken(entry, (TransferException) failure, tries));
  }

  private Uni<StoredObject> attempt(IndexRecord entry, Payload payload, Tries tries) {
    boolean condition = tries.onlyIfAbsent && knowsConditions;
    return transfer
        .put(entry.key(), payload, condition)
        .onItem()
        .transformToUni(stored -> checked(entry, stored, stored.fault(payload), tries))
        .onFailure(TransferException::isPassing)
        .invoke(() -> tries.unclear = true)
        .onFailure(failure -> condition && is(failure, TransferException.Kind.UNSUPPORTED))
        .recoverWithUni(() -> {
          knowsConditions = false;
          return attempt(entry, payload, tries);
        });
  }

  /**
   * Where the ETag contradicts what was sent the object is read back: either it was damaged on its
   * way, or the server's ETags look like MD5s and are none.
   */
  private Uni<StoredObject> checked(
      IndexRecord entry, StoredObject stored, String fault, Tries tries) {
    if (fault.isEmpty() || etagsAreNoMd5) {
      return Uni.createFrom().item(stored);
    }
    // Those bytes are ours: the next try overwrites them.
    tries.onlyIfAbsent = false;
    return target
        .compareBytes(entry)
        .onItem()
        .transform(found -> {
          if (!(found instanceof TargetObjects.Same)) {
            throw new TransferException(TransferException.Kind.PASSING, fault);
          }
          noMd5(entry.key());
          return stored;
        })
        .onFailure(TransferException.class)
        .transform(failure ->
            TransferException.isPassing(failure)
                ? failure
                : new TransferException(
                    TransferException.Kind.PASSING,
                    fault + ", and it cannot be read back: " + failure.getMessage()));
  }

  private synchronized void noMd5(String key) {
    if (!etagsAreNoMd5) {
      LOG.warnf(
          "the target's ETags look like MD5s and are none: '%s' was read back with the bytes that"
              + " were sent. Objects are sent with a digest each, which the target compares",
          key);
      etagsAreNoMd5 = true;
    }
  }

  private Uni<Void> notTaken(IndexRecord entry, TransferException failure, Tries tries) {
    if (failure.kind() != TransferException.Kind.PRESENT) {
      return unsent.giveUp(entry.key(), failure);
    }
    return target
        .compareBytes(entry)
        .onItem()
        .transformToUni(found -> {
          switch (found) {
            case TargetObjects.Same same -> {
              if (tries.unclear) {
                report.sent(entry, false);
              } else {
                report.skipped();
              }
            }
            case TargetObjects.Unknown(Damage damage) -> report.damaged(damage);
            case TargetObjects.Differing differing -> report.differs(entry, differing.what());
            case TargetObjects.Absent absent -> {
              return unsent.giveUp(entry.key(), failure);
            }
          }
          unsent.succeeded();
          return Uni.createFrom().voidItem();
        })
        .onFailure(TransferException.class)
        .recoverWithUni(unreadable -> unsent.giveUp(entry.key(), (TransferException) unreadable));
  }

  private static boolean is(Throwable failure, TransferException.Kind kind) {
    return failure instanceof TransferException transfer && transfer.kind() == kind;
  }
}
