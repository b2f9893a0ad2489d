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

/** Uploads single objects to the target. An object is read and checked before it is sent. */
final class ObjectUploader {

  private static final Logger LOG = Logger.getLogger(ObjectUploader.class);

  private final ObjectTransfer transfer;
  private final SourceFiles source;
  private final TargetObjects target;
  private final UploadReport report;
  private final Executor disk;
  private final Retries retries;

  /** Whether the server supports uploads that fail if the object exists. */
  private volatile boolean supportsConditions = true;

  /** Whether it is proven that ETags that look like MD5s are not. */
  private volatile boolean etagsAreNoMd5;

  ObjectUploader(
      ObjectTransfer transfer,
      SourceFiles source,
      TargetObjects target,
      UploadReport report,
      Executor disk,
      Retries retries) {
    this.transfer = transfer;
    this.source = source;
    this.target = target;
    this.report = report;
    this.disk = disk;
    this.retries = retries;
  }

  /** The state of one object's tries. */
  private static final class Tries {
    /** Whether an existing object must not be overwritten. */
    volatile boolean onlyIfAbsent;

    /** Whether the result of a try is unknown: an existing object may be ours. */
    volatile boolean unclear;

    Tries(boolean onlyIfAbsent) {
      this.onlyIfAbsent = onlyIfAbsent;
    }
  }

  /**
   * Uploads the object of {@code entry}, or reports why it cannot. Fails only if the run must stop
   * because the bucket is down.
   *
   * @param replacing whether the target has other bytes, which are overwritten. Otherwise an object
   *     that somebody else has uploaded meanwhile is kept.
   */
  Uni<Void> upload(IndexRecord entry, boolean replacing) {
    return Uni.createFrom()
        .item(() -> source.read(entry))
        .runSubscriptionOn(disk)
        .onItem()
        .transformToUni(read ->
            switch (read) {
              case SourceFiles.Intact(Payload payload) -> upload(entry, payload, replacing);
              case SourceFiles.Damaged(Damage damage) -> {
                report.damaged(entry, damage);
                yield Uni.createFrom().voidItem();
              }
            });
  }

  private Uni<Void> upload(IndexRecord entry, Payload payload, boolean replacing) {
    Tries tries = new Tries(!replacing && !report.replaces());
    return retries
        .around(Uni.createFrom().deferred(() -> attempt(entry, payload, tries)))
        .onItem()
        .invoke(stored -> {
          report.failures().succeeded();
          report.sent(entry, replacing);
        })
        .replaceWithVoid()
        .onFailure(UncheckedIOException.class)
        .recoverWithUni(failure -> {
          // The message is from the disk.
          report.damaged(
              entry, ObjectProof.unreadable(entry, String.valueOf(failure.getMessage())));
          return Uni.createFrom().voidItem();
        })
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> notStored(entry, (TransferException) failure, tries));
  }

  private Uni<StoredObject> attempt(IndexRecord entry, Payload payload, Tries tries) {
    boolean condition = tries.onlyIfAbsent && supportsConditions;
    return transfer
        .put(entry.key(), payload, condition)
        .onItem()
        .transformToUni(stored -> checked(entry, stored, stored.fault(payload), tries))
        .onFailure(TransferException::isTemporary)
        .invoke(() -> tries.unclear = true)
        .onFailure(failure -> condition && is(failure, TransferException.Kind.UNSUPPORTED))
        .recoverWithUni(() -> {
          supportsConditions = false;
          return attempt(entry, payload, tries);
        });
  }

  /**
   * If the ETag does not match the bytes that were sent, the object is read back. Either it was
   * damaged on its way, or the server's ETags look like MD5s but are not.
   */
  private Uni<StoredObject> checked(
      IndexRecord entry, StoredObject stored, String fault, Tries tries) {
    if (fault.isEmpty() || etagsAreNoMd5) {
      return Uni.createFrom().item(stored);
    }
    // These bytes are ours, so the next try overwrites them.
    tries.onlyIfAbsent = false;
    return target
        .compareBytes(entry)
        .onItem()
        .transform(result -> {
          if (!(result instanceof TargetObjects.Same)) {
            throw new TransferException(TransferException.Kind.TEMPORARY, fault);
          }
          noMd5(entry.key());
          return stored;
        })
        .onFailure(TransferException.class)
        .transform(failure ->
            TransferException.isTemporary(failure)
                ? failure
                : new TransferException(
                    TransferException.Kind.TEMPORARY,
                    fault + ", and the object cannot be read back: " + failure.getMessage()));
  }

  private synchronized void noMd5(String key) {
    if (!etagsAreNoMd5) {
      LOG.warnf(
          "the target's ETags look like MD5s but are not: '%s' was read back with the bytes that were"
              + " sent. Each upload carries a digest, which the target checks",
          key);
      etagsAreNoMd5 = true;
    }
  }

  private Uni<Void> notStored(IndexRecord entry, TransferException failure, Tries tries) {
    if (failure.kind() != TransferException.Kind.PRESENT) {
      return report.failures().giveUp(entry.key(), failure);
    }
    return target
        .compareBytes(entry)
        .onItem()
        .transformToUni(result -> {
          switch (result) {
            case TargetObjects.Same same -> {
              if (tries.unclear) {
                report.sent(entry, false);
              } else {
                report.skipped();
              }
            }
            case TargetObjects.Unknown(Damage damage) -> report.damaged(entry, damage);
            case TargetObjects.Differing differing -> report.differs(entry, differing.bytes());
            case TargetObjects.Absent absent -> {
              return report.failures().giveUp(entry.key(), failure);
            }
          }
          report.failures().succeeded();
          return Uni.createFrom().voidItem();
        })
        .onFailure(TransferException.class)
        .recoverWithUni(
            unreadable -> report.failures().giveUp(entry.key(), (TransferException) unreadable));
  }

  private static boolean is(Throwable failure, TransferException.Kind kind) {
    return failure instanceof TransferException transfer && transfer.kind() == kind;
  }
}
