package io.parsecbackup.retention;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.repository.DamagedObjects;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.UnreferencedObjects;
import io.parsecbackup.repository.UnreferencedObjects.Waiting;
import io.parsecbackup.repository.encryption.DecryptionException;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes the objects that no kept backup refers to. They wait for two complete runs first: an
 * object that was uploaded before a snapshot and whose row came later is referenced by the next
 * backup. Everything is a merge of sorted streams.
 */
final class ObjectPruning {

  /** How many complete runs have to follow before an object is removed. */
  private static final int RUNS = 2;

  private final Repository repository;
  private final RepositoryLocks.Held lock;
  private final JobScratch scratch;
  private final JobReport report;
  private final PruneCounts counts;
  private final Cancellation cancellation;

  ObjectPruning(
      Repository repository,
      RepositoryLocks.Held lock,
      JobScratch scratch,
      JobReport report,
      PruneCounts counts,
      Cancellation cancellation) {
    this.repository = repository;
    this.lock = lock;
    this.scratch = scratch;
    this.report = report;
    this.counts = counts;
    this.cancellation = cancellation;
  }

  /**
   * Does all of the work.
   *
   * @param kept the backups whose objects stay
   * @param encryption reads their references
   * @param complete the complete backups before this prune, oldest first
   */
  void run(List<RunId> kept, Encryption encryption, List<RunId> complete, boolean dryRun)
      throws IOException {
    Optional<List<Path>> references = references(kept, encryption);
    if (references.isEmpty() || kept.isEmpty() || complete.isEmpty()) {
      return;
    }
    UnreferencedObjects unreferenced = repository.unreferencedObjects();
    Optional<UnreferencedObjects.State> before = unreferenced.state();
    RunId countedUpTo =
        before.map(UnreferencedObjects.State::countedUpTo).orElse(complete.getLast());
    RunId removedUpTo =
        before.map(UnreferencedObjects.State::removedUpTo).orElse(UnreferencedObjects.NONE);
    long runs =
        before.map(UnreferencedObjects.State::runs).orElse(0L)
            + complete.stream().filter(id -> id.compareTo(countedUpTo) > 0).count();
    Path waiting = scratch.newFile();
    RecordSorter<IndexRecord> due =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch.folder(), "due");
    boolean any;
    DamagedObjects damaged = repository.damagedObjects();
    try (RecordStream<IndexRecord> listed = damaged.listed(scratch.folder(), "listed")) {
      if (!damaged.unread().isEmpty()) {
        warn("the list of damaged objects " + damaged.unread().getFirst() + " cannot be read");
        return;
      }
      any = sort(references.get(), listed, runs, waiting, due);
    }
    if (dryRun) {
      return;
    }
    if (any) {
      try (RecordStream<IndexRecord> sorted = due.sorted()) {
        lock.requireHeld();
        repository.removedObjects().publish(scratch.id(), sorted, scratch.newFile());
      }
    }
    List<RunId> removals = repository.removedObjects().after(removedUpTo);
    boolean whole = delete(removedUpTo, references.get());
    RunId newest = complete.getLast();
    unreferenced.publish(
        scratch.id(),
        new UnreferencedObjects.State(
            runs,
            newest.compareTo(countedUpTo) > 0 ? newest : countedUpTo,
            whole && !removals.isEmpty() ? removals.getLast() : removedUpTo),
        waiting);
  }

  /**
   * The lists of references of all kept backups; empty, with a warning, if one cannot be read: then
   * it is not known which objects are needed.
   */
  private Optional<List<Path>> references(List<RunId> kept, Encryption encryption)
      throws IOException {
    if (repository.index().damagedRemoval().isPresent()
        || !repository.index().damagedSegments(scratch.id()).isEmpty()) {
      return nothing("a file of the index is damaged: 'verify' names it");
    }
    List<Path> lists = new ArrayList<>();
    for (RunId id : kept) {
      cancellation.throwIfCancelled();
      try {
        Optional<ReadableFile> list =
            repository.files().readable(id, Layout.REFERENCES, encryption);
        if (list.isEmpty()) {
          return nothing("backup " + id + " has no list of references");
        }
        // The index, which is not encrypted, has the keys too.
        lists.add(
            list.get().isEncrypted()
                ? ReferenceStream.keys(list.get(), scratch.newFile())
                : list.get().path());
      } catch (Problem | DecryptionException | UncheckedIOException e) {
        return nothing(String.valueOf(e.getMessage()));
      }
    }
    return Optional.of(lists);
  }

  private Optional<List<Path>> nothing(String why) {
    warn(why);
    return Optional.empty();
  }

  private void warn(String why) {
    report.warn("no object was removed, because it is not known which ones are needed: " + why);
  }

  /** The keys that these lists name, in key order. */
  private RecordStream<String> keys(List<Path> references) throws IOException {
    return RecordStream.mergeAny(ColumnCodec.KEYS, references, scratch::newFile);
  }

  private RecordStream<IndexRecord> known() throws IOException {
    return repository.index().open(List.of(), scratch::newFile);
  }

  /**
   * Sorts the unreferenced objects into those that wait and those that are due.
   *
   * @return whether an object is due
   */
  private boolean sort(
      List<Path> references,
      RecordStream<IndexRecord> damaged,
      long runs,
      Path waiting,
      RecordSorter<IndexRecord> due)
      throws IOException {
    boolean any = false;
    try (RecordStream<IndexRecord> known = known();
        RecordStream<String> referenced = keys(references);
        RecordStream<Waiting> earlier = repository.unreferencedObjects().waiting();
        var writer = PrivateFiles.newWriter(waiting)) {
      while (known.hasNext()) {
        IndexRecord entry = known.next();
        if (referenced.take(entry.key()).isPresent()) {
          continue;
        }
        cancellation.throwIfCancelled();
        Optional<Waiting> found =
            earlier.take(entry.key()).filter(one -> one.sha256().equals(entry.sha256()));
        long since = found.map(Waiting::since).orElse(runs);
        // The lists of damaged objects must not name objects that the index has forgotten.
        if (runs - since >= RUNS && damaged.take(entry.key()).isEmpty()) {
          due.add(entry.asRemoved());
          counts.object(entry.size());
          any = true;
        } else {
          counts.waiting();
          writer.write(Waiting.CODEC.format(new Waiting(entry.key(), entry.sha256(), since)));
          writer.write('\n');
        }
      }
    }
    return any;
  }

  /**
   * Deletes the files of removed objects, also those that earlier prunes could not delete, unless
   * the object was fetched again or a backup needs it.
   *
   * @return whether all are gone
   */
  private boolean delete(RunId removedUpTo, List<Path> references) throws IOException {
    long refused = 0;
    try (RecordStream<IndexRecord> removed =
            repository.removedObjects().open(removedUpTo, scratch::newFile);
        RecordStream<IndexRecord> records = known();
        RecordStream<String> referenced = keys(references)) {
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (removed.hasNext()) {
        cancellation.throwIfCancelled();
        String key = removed.next().key();
        boolean needed = referenced.take(key).isPresent() | known.take(key).isPresent();
        if (!needed) {
          // Each time: a prune that was stopped for long must not delete what a newer run stored.
          lock.requireHeldLately();
          refused += repository.removedObjects().delete(key) ? 0 : 1;
        }
      }
    }
    counts.refused(refused);
    return refused == 0;
  }
}
