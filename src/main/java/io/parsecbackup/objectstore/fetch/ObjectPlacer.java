package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.raid.FetchResult;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.parsecbackup.repository.storage.UnusableFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Stores fetched objects in their places in the repository, and records them in the journal. Bytes
 * that are final in the index are never replaced.
 *
 * <p>All methods throw {@link UncheckedIOException} when the disk fails.
 */
final class ObjectPlacer {

  private static final Logger LOG = Logger.getLogger(ObjectPlacer.class);

  private final LimitedWarnings conflicting =
      new LimitedWarnings(
          LOG, "more objects have other bytes at the source; they are in conflicts/");

  /** With more, it is not a fault of single objects. */
  private static final int MOST_REFUSED_IN_A_ROW = 50;

  private final AtomicInteger refusedInARow = new AtomicInteger();
  private final Workspace workspace;
  private final ObjectFiles objects;
  private final FetchCounters counters;
  private final FetchFailures failures;

  ObjectPlacer(
      Workspace workspace, ObjectFiles objects, FetchCounters counters, FetchFailures failures) {
    this.workspace = workspace;
    this.objects = objects;
    this.counters = counters;
    this.failures = failures;
  }

  /** Records an object that has not changed at the source. */
  void keep(IndexRecord held) {
    try {
      workspace.journal().add(held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    counters.skipped.increment();
  }

  /** Stores a fetched object. Other bytes that were in its place go to {@code conflicts/}. */
  void place(FetchResult result, PlannedFetch planned) {
    boolean covered =
        planned.covered() && planned.bytes().equals(OptionalLong.of(result.fetched().size()));
    try {
      keepOtherCopies(result, planned.key());
      if (objects.place(result.content(), record(result, planned, covered), workspace.journal())
          == ObjectFiles.Placed.DISPLACED) {
        counters.conflicts.increment();
        conflicting.warnf(
            "the source returned other bytes for '%s' than the repository had; the old ones were"
                + " moved to conflicts/",
            planned.key());
      }
    } catch (UnsafeFileException | UnusableFileException e) {
      refuse(planned.key(), e);
      return;
    } catch (RemoteStorageException e) {
      refuseAlone(planned.key(), e);
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    storedOne();
    count(result);
  }

  /**
   * Compares a fetched object with the final one in the repository, which stays. Other bytes go to
   * {@code conflicts/}.
   *
   * @param isAccepted whether it is accepted that the source has other bytes, so that the same
   *     bytes are not reported again
   */
  void placeBeside(FetchResult result, IndexRecord held, boolean isAccepted) {
    FetchedObject fetched = result.fetched();
    try {
      keepOtherCopies(result, held.key());
      if (fetched.sha256().equals(held.sha256())) {
        // The same bytes were uploaded again: record their new ETag.
        workspace.journal().add(record(result, PlannedFetch.of(held), true));
      } else {
        if (!isAccepted || !objects.hasConflicting(held.key(), fetched.sha256())) {
          conflict(result.content(), held.key());
        }
        failures.add(
            held.key(),
            FetchFailure.Kind.REPLACED,
            "the source's object has "
                + fetched.size()
                + " bytes now; the repository keeps its own, of "
                + held.size()
                + " bytes, which was backed up before");
        workspace.journal().add(held);
      }
    } catch (UnsafeFileException | UnusableFileException e) {
      refuse(held.key(), e);
      return;
    } catch (RemoteStorageException e) {
      refuseAlone(held.key(), e);
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    storedOne();
    count(result);
  }

  private void storedOne() {
    refusedInARow.set(0);
  }

  /** The repository's server does not take this object, but others. */
  private void refuseAlone(String key, RemoteStorageException why) {
    if (!why.isOfOneFile() || refusedInARow.incrementAndGet() > MOST_REFUSED_IN_A_ROW) {
      throw new UncheckedIOException(why);
    }
    refuse(key, why);
  }

  /** Copies of RAID1 nodes that have other bytes than the copy that is stored. */
  private void keepOtherCopies(FetchResult result, String key) throws IOException {
    for (ReceivedObject other : result.others()) {
      conflict(other.body().content(), key);
    }
  }

  private void conflict(Content content, String key) throws IOException {
    objects.keepConflicting(content, key);
    counters.conflicts.increment();
    conflicting.warnf(
        "the source has other bytes for '%s' than the repository, which keeps its own; the source's"
            + " are in conflicts/%s/%s",
        key, key, content.sha256());
  }

  /** For example, a symbolic link is in the object's path. This concerns one object only. */
  private void refuse(String key, IOException why) {
    try {
      failures.notStored(key, why);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IndexRecord record(FetchResult result, PlannedFetch planned, boolean covered) {
    FetchedObject fetched = result.fetched();
    // The listing has the time in milliseconds. It applies to these bytes only if the ETag is
    // equal.
    Instant lastModified =
        planned
            .lastModified()
            .filter(date -> fetched.etag().equals(planned.etag()))
            .orElse(fetched.lastModified());
    return new IndexRecord(
        planned.key(),
        fetched.size(),
        fetched.sha256(),
        fetched.etag(),
        lastModified,
        covered,
        result.check());
  }

  private void count(FetchResult result) {
    counters.copied.increment();
    counters.copiedBytes.add(result.fetched().size());
    if (result.check() == ContentCheck.LENGTH) {
      counters.checkedByLengthOnly.increment();
    }
  }
}
