package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.raid.FetchRequest;
import io.parsecbackup.objectstore.raid.FetchResult;
import io.parsecbackup.objectstore.raid.ObjectSource;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jboss.logging.Logger;

/**
 * Brings single objects into the repository: fetched into scratch, checked, put in their place. No
 * bytes of which the index says that they are final ever lose their place to others.
 */
final class ObjectFetcher {

  private static final Logger LOG = Logger.getLogger(ObjectFetcher.class);

  private final LimitedWarnings unfetched =
      new LimitedWarnings(
          LOG,
          "more objects could not be fetched; missing.txt names those that the dump refers to");
  private final LimitedWarnings conflicting =
      new LimitedWarnings(LOG, "more objects have other bytes at the source; conflicts/ has them");
  private final LimitedWarnings unseen =
      new LimitedWarnings(
          LOG, "more objects are others at the source, and cannot be read there; ours stay");

  private final String bucket;
  private final ObjectSource source;
  private final Workspace workspace;
  private final ObjectFiles objects;
  private final FetchCounters counters;
  private final FetchFailures failures;
  private final boolean knowsReferences;
  private final OutageWatch outage;

  /** Whether a probe of the source has failed while held objects were compared with it. */
  private volatile boolean sourceIsDown;

  /**
   * @param bucket its name, for messages
   * @param knowsReferences whether an object that is not to be covered is one that no dump needs
   * @param outage finds out whether the source itself is down
   */
  ObjectFetcher(
      String bucket,
      ObjectSource source,
      Workspace workspace,
      ObjectFiles objects,
      FetchCounters counters,
      FetchFailures failures,
      boolean knowsReferences,
      OutageWatch outage) {
    this.bucket = bucket;
    this.source = source;
    this.workspace = workspace;
    this.objects = objects;
    this.counters = counters;
    this.failures = failures;
    this.knowsReferences = knowsReferences;
    this.outage = outage;
  }

  /**
   * Copies {@code wanted}, or notes why not. Fails only where the run has to end: a full disk, a
   * lost bucket.
   *
   * @param wanted says whether it is covered once it is here with that size
   * @param isAccepted whether its loss is accepted, so that nobody has to be told again
   */
  Uni<Void> fetch(IndexRecord wanted, boolean isAccepted) {
    return source
        .get(FetchRequest.of(wanted))
        .onItem()
        .invoke(arrived -> place(arrived, wanted))
        .replaceWithVoid()
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> giveUp(wanted, isAccepted, (TransferException) failure));
  }

  /**
   * Compares an object that is here with the source's.
   *
   * @param held as it is known from now on if it is the same; else the source's is put in its place
   * @param isAccepted whether its loss is accepted
   */
  Uni<Void> recheck(IndexRecord held, boolean isAccepted) {
    return source
        .get(FetchRequest.unless(held))
        .onItem()
        .invoke(arrived -> place(arrived, held))
        .replaceWithVoid()
        .onFailure(ObjectFetcher::isUnchanged)
        .recoverWithUni(() -> isStill(held))
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> giveUp(held, isAccepted, (TransferException) failure));
  }

  /**
   * Puts what the source has in place of an object that is final here under {@code conflicts/};
   * ours stays, also where the source does not answer.
   *
   * @param isAccepted whether it is accepted that the source has others, so that the same ones are
   *     no news
   */
  Uni<Void> lookAtReplaced(IndexRecord held, boolean isAccepted) {
    if (sourceIsDown) {
      return keep(held);
    }
    return source
        .get(FetchRequest.unless(held))
        .onItem()
        .invoke(arrived -> keepOurs(arrived, held, isAccepted))
        .replaceWithVoid()
        .onFailure(ObjectFetcher::isUnchanged)
        .recoverWithUni(() -> isStill(held))
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> cannotLook(held, (TransferException) failure));
  }

  private Uni<Void> cannotLook(IndexRecord held, TransferException failure) {
    unseen.warnf(
        "the object '%s' is another one at the source, and cannot be read there: %s",
        held.key(), String.valueOf(failure.getMessage()));
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .recoverWithUni(probe -> {
          sourceIsDown = true;
          LOG.warnf(
              "%s is down: the other objects that were replaced there are not looked at. %s",
              bucket, probe.getMessage());
          return Uni.createFrom().voidItem();
        })
        .chain(() -> keep(held));
  }

  private static boolean isUnchanged(Throwable failure) {
    return failure instanceof TransferException transfer
        && transfer.kind() == TransferException.Kind.UNCHANGED;
  }

  private Uni<Void> isStill(IndexRecord held) {
    outage.answered();
    return keep(held);
  }

  private Uni<Void> keep(IndexRecord held) {
    try {
      workspace.journal().add(held);
      counters.skipped.increment();
      return Uni.createFrom().voidItem();
    } catch (IOException e) {
      return Uni.createFrom().failure(new UncheckedIOException(e));
    }
  }

  private void place(FetchResult arrived, IndexRecord wanted) {
    FetchedObject fetched = arrived.fetched();
    boolean covered = wanted.covered() && wanted.size() == fetched.size();
    try {
      keepOthers(arrived, wanted.key());
      if (objects.place(arrived.file(), record(arrived, wanted, covered), workspace.journal())
          == ObjectFiles.Placed.DISPLACED) {
        counters.conflicts.increment();
        conflicting.warnf(
            "the source gave other bytes for '%s' than were here; those are under conflicts/ now",
            wanted.key());
      }
    } catch (UnsafeFileException e) {
      refuse(arrived, wanted, e);
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    count(arrived);
  }

  /** A link lies on the way to the object's place: that is this object's fault, not the disk's. */
  private void refuse(FetchResult arrived, IndexRecord wanted, UnsafeFileException why) {
    unfetched.warnf(
        "the object '%s' cannot be stored: %s", wanted.key(), String.valueOf(why.getMessage()));
    outage.answered();
    try {
      Files.deleteIfExists(arrived.file());
      failures.add(wanted.key(), FetchFailures.Kind.UNREADABLE, "not stored: " + why.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keepOurs(FetchResult arrived, IndexRecord held, boolean isAccepted) {
    FetchedObject fetched = arrived.fetched();
    try {
      keepOthers(arrived, held.key());
      if (fetched.sha256().equals(held.sha256())) {
        // Put again with the same bytes: from now on it is known under its new ETag.
        Files.delete(arrived.file());
        workspace.journal().add(record(arrived, held, true));
      } else {
        if (isAccepted && objects.isBeside(held.key(), fetched.sha256())) {
          Files.delete(arrived.file());
        } else {
          conflict(arrived.file(), held.key(), fetched.sha256());
        }
        failures.add(
            held.key(),
            FetchFailures.Kind.REPLACED,
            "the source's object has "
                + fetched.size()
                + " bytes now; the one here, of "
                + held.size()
                + " bytes, was backed up before and stays");
        workspace.journal().add(held);
      }
    } catch (UnsafeFileException e) {
      refuse(arrived, held, e);
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    count(arrived);
  }

  private void keepOthers(FetchResult arrived, String key) throws IOException {
    for (FetchResult.Copy other : arrived.others()) {
      conflict(other.file(), key, other.fetched().sha256());
    }
  }

  private void conflict(Path file, String key, String sha256) throws IOException {
    objects.keepBeside(file, key, sha256);
    counters.conflicts.increment();
    conflicting.warnf(
        "the source has other bytes for '%s' than the repository; ours stay, the source's are"
            + " conflicts/%s/%s",
        key, key, sha256);
  }

  private static IndexRecord record(FetchResult arrived, IndexRecord wanted, boolean covered) {
    FetchedObject fetched = arrived.fetched();
    // The listing knows the time to the millisecond, but of these bytes only while they are the
    // listed ones.
    boolean asListed =
        fetched.etag().equals(wanted.etag()) && !wanted.lastModified().equals(Instant.EPOCH);
    Instant lastModified = asListed ? wanted.lastModified() : fetched.lastModified();
    return new IndexRecord(
        wanted.key(),
        fetched.size(),
        fetched.sha256(),
        fetched.etag(),
        lastModified,
        covered,
        arrived.check());
  }

  private void count(FetchResult arrived) {
    outage.answered();
    counters.copied.increment();
    counters.copiedBytes.add(arrived.fetched().size());
    if (arrived.check() == ContentCheck.LENGTH) {
      counters.checkedByLengthOnly.increment();
    }
  }

  private Uni<Void> giveUp(IndexRecord wanted, boolean isAccepted, TransferException failure) {
    try {
      note(wanted, isAccepted, failure);
    } catch (IOException e) {
      return Uni.createFrom().failure(new UncheckedIOException(e));
    }
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .transform(probe -> lost(failure, (TransferException) probe));
  }

  private void note(IndexRecord wanted, boolean isAccepted, TransferException failure)
      throws IOException {
    if (failure.kind() == TransferException.Kind.ABSENT) {
      say(isAccepted, "the object '%s' is not there any more", wanted.key());
      if (wanted.covered() || !knowsReferences) {
        failures.add(wanted.key(), FetchFailures.Kind.ABSENT, String.valueOf(failure.getMessage()));
      }
      return;
    }
    String why = String.valueOf(failure.getMessage());
    failures.add(wanted.key(), FetchFailures.Kind.UNREADABLE, why);
    say(isAccepted, "the object '%s' cannot be read: %s", wanted.key(), why);
  }

  private void say(boolean isAccepted, String format, Object... values) {
    if (isAccepted) {
      LOG.debugf(format, values);
    } else {
      unfetched.warnf(format, values);
    }
  }

  private Problem lost(TransferException last, TransferException probe) {
    return new Problem(
        Kind.OBJECT_STORE,
        outage.mostInARow()
            + " objects in a row could not be read from "
            + bucket
            + ", the last because "
            + last.getMessage()
            + "; a probe of the bucket failed too: "
            + probe.getMessage()
            + ". What was copied is kept; run again when the bucket is back",
        probe);
  }
}
