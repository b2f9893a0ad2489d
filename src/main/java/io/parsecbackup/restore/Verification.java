package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.repository.BackupFiles;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.encryption.EncryptedNames;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.IdentityFile;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads a backup back and compares it with its digests: the chain from {@code backup.json} to the
 * dump and the index, every data block of the dump, and all or a part of the objects. Damaged
 * objects are recorded, and the next backup fetches them again.
 */
@ApplicationScoped
public class Verification {

  public static final JobKind KIND = new JobKind("verify");

  private final DumpProof dumps;
  private final Encryption encryption;

  public Verification(DumpProof dumps, Encryption encryption) {
    this.dumps = dumps;
    this.encryption = encryption;
  }

  void run(JobContext context, Subset subset) throws IOException {
    context.report().enter(JobPhase.FILES);
    context.repository().storage().distrustCopies();
    Set<String> damaged = new HashSet<>();
    BackupFiles files = context.repository().files();
    List<Damage> links = new ArrayList<>(files.check(context.id()));
    files.checkIdentity().ifPresent(links::add);
    links.addAll(context.repository().index().damage(context.id()));
    links.addAll(context.repository().acceptedLosses().damage());
    // A verification of the newest backup must not succeed while newer ones are damaged.
    for (RunId newer : context.choice().damagedNewer()) {
      links.addAll(files.check(newer));
    }
    links.stream().filter(link -> damaged.add(link.name())).forEach(context.report()::found);
    context.cancellation().throwIfCancelled();
    BackupContents contents = new BackupContents(context, encryption);
    Optional<Problem> dumpProblem = Optional.empty();
    if (contents.canBeRead()) {
      dumpProblem =
          context
              .backup()
              .flatMap(Backup::dump)
              .flatMap(dump -> readDump(new BackupContents(context, encryption), dump, damaged));
    } else {
      context
          .report()
          .warn(
              "only the digests of the dump and the lists of backup "
                  + context.id()
                  + " were checked, not their content: they are encrypted, and "
                  + IdentityFile.KEY
                  + " is not set");
    }
    if (dumpProblem.filter(problem -> problem.kind() == Kind.CONFIGURATION).isPresent()) {
      // No identity fits. The objects can still be checked.
      contents = new BackupContents(context, Encryption.none());
    }
    // Without SHA256SUMS nothing proves the list.
    if (contents.canBeRead()
        && context.backup().isPresent()
        && damaged.stream()
            .map(EncryptedNames::plain)
            .noneMatch(
                Set.of(
                        name(context, Layout.REFERENCES),
                        name(context, Layout.MISSING),
                        name(context, Layout.CHECKSUMS))
                    ::contains)) {
      new ReferenceCheck(context, contents).run(context.backup().get());
    }
    readObjects(contents, subset);
    FindingsAdvice.give(context.report());
    if (dumpProblem.isPresent()) {
      throw dumpProblem.get();
    }
  }

  private static String name(JobContext context, String file) {
    return "backups/" + context.id() + "/" + file;
  }

  /** Returns the reason if the dump cannot be checked. In this case the objects are still read. */
  private Optional<Problem> readDump(
      BackupContents contents, Backup.DumpFile dump, Set<String> damaged) {
    JobContext context = contents.context();
    String name = name(context, dump.file());
    boolean isDamaged = damaged.stream().anyMatch(file -> (file + "/").startsWith(name + "/"));
    if (isDamaged || damaged.contains(name(context, Layout.DOCUMENT))) {
      return Optional.empty();
    }
    try {
      dumps
          .damage(contents.dumpFile(dump), DumpFormat.of(dump.format()), context.cancellation())
          .ifPresent(damage ->
              context
                  .report()
                  .found(name, "unreadable", "a dump that can be read to its end", damage));
      return Optional.empty();
    } catch (IOException e) {
      context
          .report()
          .found(name, "unreadable", "a dump that can be read to its end", e.toString());
      return Optional.empty();
    } catch (Problem e) {
      if (e.kind() == Kind.CANCELLED) {
        throw e;
      }
      return Optional.of(e);
    }
  }

  private static void readObjects(BackupContents contents, Subset subset) throws IOException {
    JobContext context = contents.context();
    LongAdder total = new LongAdder();
    LongAdder totalBytes = new LongAdder();
    JobReport report = context.report();
    report.enter(
        JobPhase.OBJECTS,
        () ->
            new ProgressReport.Counts(
                report.checkedObjects(), total.sum(), report.checkedBytes(), totalBytes.sum()));
    try (RecordStream<IndexRecord> records = records(context)) {
      while (records.hasNext()) {
        IndexRecord entry = records.next();
        if (subset.contains(entry.key())) {
          total.increment();
          totalBytes.add(entry.size());
        }
      }
    }
    try (DamageRecorder damaged = new DamageRecorder(contents);
        RecordStream<IndexRecord> records = records(context);
        MissingAtSource.Lines known = MissingAtSource.lines(contents);
        Readers readers = new Readers(context, damaged)) {
      // The backup lists these as missing, so damage of older bytes is not reported.
      Cursor<MissingList.Line> missing = new Cursor<>(known, MissingList.Line::key);
      while (records.hasNext()) {
        IndexRecord entry = records.next();
        if (missing.take(entry.key()).isEmpty() && subset.contains(entry.key())) {
          readers.read(entry);
        }
      }
    }
  }

  private static RecordStream<IndexRecord> records(JobContext context) throws IOException {
    return context.repository().index().asOf(context.id(), context.scratch()::newFile);
  }

  /** One thread for each core: they compute digests, so more threads would only wait. */
  private static final class Readers implements AutoCloseable {

    private static final int WAITING = 64;

    private final JobContext context;
    private final DamageRecorder damaged;
    private final ObjectProof proof;
    private final ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    private final Semaphore places = new Semaphore(WAITING);
    private final AtomicReference<Optional<Throwable>> failure =
        new AtomicReference<>(Optional.empty());

    Readers(JobContext context, DamageRecorder damaged) {
      this.context = context;
      this.damaged = damaged;
      this.proof = context.repository().objectProof();
    }

    /** Queues an object for one of the threads; waits while the queue is full. */
    void read(IndexRecord entry) {
      context.cancellation().throwIfCancelled();
      places.acquireUninterruptibly();
      threads.execute(() -> {
        try {
          check(entry);
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(Optional.empty(), Optional.of(e));
        } finally {
          places.release();
        }
      });
    }

    private void check(IndexRecord entry) {
      if (context.cancellation().isCancelled()) {
        return;
      }
      Optional<Damage> damage = proof.read(entry);
      context.report().checkedAgain(entry);
      if (damage.isEmpty()) {
        return;
      }
      context.report().found(damage.get());
      damaged.add(entry);
    }

    @Override
    public void close() {
      threads.close();
      context.cancellation().throwIfCancelled();
      switch (failure.get().orElse(null)) {
        case null -> {}
        // The server or the disk fails.
        case UncheckedIOException e -> throw e;
        case Problem e -> throw e;
        case Throwable e -> throw new IllegalStateException("an object could not be checked", e);
      }
    }
  }
}
