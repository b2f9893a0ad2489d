package io.parsecbackup.copy;

import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.index.WrittenFiles;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.ServerCopies;
import io.parsecbackup.repository.storage.StorageThreads;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Copies objects to a place, several at a time: reads the valid bytes, compares them with the index
 * record, and stores them, or has the server do so. An object that is damaged, or that the place
 * refuses, is reported and left for a later copy.
 */
record ObjectCopier(
    CopySource source,
    CopyPlace target,
    DamagedCopies damaged,
    LostObjects lost,
    CopyCounters counters,
    ServerCopies server) {

  /**
   * Copies the planned objects. Returns when all are stored, but not yet on stable storage.
   *
   * @throws IOException when the place fails
   */
  void copy(PlannedObjects planned) throws IOException {
    if (planned.count() == 0) {
      return;
    }
    try (Copying copying = new Copying()) {
      copying.each(planned.place(), this::place);
      copying.each(planned.aside(), this::keep);
    }
    source.cancellation().throwIfCancelled();
  }

  /** Stores the bytes of an object. */
  private interface Storing {
    void store(Content bytes) throws IOException;
  }

  private void place(IndexRecord entry) throws IOException {
    if (isRefused(entry)) {
      return;
    }
    ObjectFiles objects = target.repository().objects();
    Journal journal = target.workspace().journal();
    if (objects.placeByServer(server, entry, journal)) {
      copied(entry);
    } else {
      copyBytes(entry, bytes -> objects.place(bytes, entry, journal));
    }
  }

  private void keep(IndexRecord entry) throws IOException {
    if (!isRefused(entry)) {
      copyBytes(entry, bytes -> target.repository().objects().keepConflicting(bytes, entry.key()));
    }
  }

  private boolean isRefused(IndexRecord entry) throws IOException {
    ObjectFiles objects = target.repository().objects();
    Optional<String> refusal = objects.textRefusal(entry.key());
    if (refusal.isEmpty()) {
      refusal = objects.refusal(entry.key());
    }
    if (refusal.isPresent()) {
      miss(entry, new Damage(entry.key(), Damage.Kind.UNREADABLE, "a valid key", refusal.get()));
    }
    return refusal.isPresent();
  }

  private void copyBytes(IndexRecord entry, Storing storing) throws IOException {
    ObjectBytes bytes = new ObjectBytes(target.workspace(), entry);
    Optional<Damage> damage = source.repository().objectProof().read(entry, bytes::read);
    if (damage.isPresent()) {
      if (damage.get().kind() == Damage.Kind.UNREADABLE) {
        source.requireAnswer();
      }
      if (damage.get().kind() == Damage.Kind.LOST) {
        lost.add(entry);
      } else {
        miss(entry, damage.get());
      }
      return;
    }
    try {
      storing.store(bytes.content());
    } catch (UnsafeFileException e) {
      // A link in the object's path. It concerns one object, not the whole place.
      miss(
          entry,
          new Damage(
              entry.key(),
              Damage.Kind.UNREADABLE,
              "a regular file",
              String.valueOf(e.getReason())));
      return;
    } catch (IOException e) {
      target.requireWorking(e);
      miss(entry, unstored(entry, e));
      return;
    }
    copied(entry);
  }

  private void copied(IndexRecord entry) {
    counters.copied(entry.size());
    source.report().checked(entry.size());
  }

  /** Reports the objects that the source does not have, and leaves them for a later copy. */
  void missLost() throws IOException {
    lost.drain(entry ->
        miss(
            entry,
            source
                .repository()
                .objectProof()
                .look(entry)
                .orElseGet(() ->
                    new Damage(
                        entry.key(), Damage.Kind.LOST, entry.size() + " bytes", "no such file"))));
  }

  /**
   * Asks a server for the objects that this job has stored there, before a backup needs them or a
   * list of damaged objects forgets them. It asks once for each, because those of a dead run stay
   * in the journal. Those that the server does not have are left for a later copy.
   */
  void missUnstored() throws IOException {
    if (target.repository().storage().isRemote()) {
      Segment stored;
      try (RecordStream<IndexRecord> records = damaged.without(target.workspace().storedSince())) {
        stored = Segment.write(records, target.workspace().newFile());
      }
      new WrittenFiles(target.repository().storage())
          .findLost(
              stored, (entry, why) -> miss(entry, unstored(entry, why)), source.cancellation());
    }
  }

  private static Damage unstored(IndexRecord entry, IOException why) {
    return new Damage(
        entry.key(),
        Damage.Kind.UNREADABLE,
        "a place that stores it",
        String.valueOf(why.getMessage()));
  }

  private void miss(IndexRecord entry, Damage damage) throws IOException {
    source.report().found(damage);
    damaged.add(entry);
  }

  /** The work on an object. */
  private interface Work {
    void on(IndexRecord entry) throws IOException;
  }

  /** The threads. */
  private final class Copying implements AutoCloseable {

    private final int count =
        Math.max(
            new StorageThreads(source.repository().storage()).count(),
            new StorageThreads(target.repository().storage()).count());
    private final ExecutorService threads = Executors.newFixedThreadPool(count);
    private final Semaphore places = new Semaphore(2 * count);
    private final AtomicReference<Optional<Throwable>> failure =
        new AtomicReference<>(Optional.empty());

    void each(Path file, Work work) throws IOException {
      try (RecordStream<IndexRecord> entries =
          RecordStream.merge(IndexCodec.INSTANCE, List.of(file))) {
        while (entries.hasNext() && !isOver()) {
          IndexRecord entry = entries.next();
          places.acquireUninterruptibly();
          threads.execute(() -> run(entry, work));
        }
      }
    }

    private boolean isOver() {
      return source.cancellation().isCancelled() || failure.get().isPresent();
    }

    private void run(IndexRecord entry, Work work) {
      try {
        if (!isOver()) {
          work.on(entry);
        }
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(Optional.empty(), Optional.of(e));
      } finally {
        places.release();
      }
    }

    @Override
    public void close() throws IOException {
      threads.close();
      switch (failure.get().orElse(null)) {
        case null -> {}
        case UncheckedIOException e when e.getCause() != null -> throw e.getCause();
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Throwable e -> throw new IllegalStateException("an object could not be copied", e);
      }
    }
  }
}
