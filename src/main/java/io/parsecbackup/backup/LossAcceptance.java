package io.parsecbackup.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.Json;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.AcceptedLoss;
import io.parsecbackup.repository.AcceptedLosses;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;

/**
 * Accepts the losses that a backup names in {@code missing.txt}, so that later backups with no
 * other losses are complete again. An acceptance applies only to the recorded sizes of the rows,
 * and depends on whether the repository had held the object. Accepting the same backup again
 * changes nothing. No published backup is changed.
 */
@ApplicationScoped
public class LossAcceptance {

  private static final int LONGEST_REASON = 1_000;

  private final RepositorySettings settings;
  private final Clock clock;
  private final Encryption encryption;

  public LossAcceptance(RepositorySettings settings, Clock clock, Encryption encryption) {
    this.settings = settings;
    this.clock = clock;
    this.encryption = encryption;
  }

  /**
   * Accepts the losses of the backup.
   *
   * @param backup its id; if empty, the newest published backup
   * @param reason the operator's reason, which is stored with the acceptance
   * @return the acceptance; it has no id if there was nothing left to accept
   * @throws Problem of kind HELD if a run has locked the repository, NOT_FOUND if the backup does
   *     not exist, REPOSITORY if its files are damaged, CONFIGURATION if the id or the reason is
   *     invalid, or the lists are encrypted and there is no identity
   */
  public Acceptance accept(Optional<String> backup, Optional<String> reason, Trigger trigger) {
    if (reason.isPresent() && reason.get().length() > LONGEST_REASON) {
      throw new Problem(
          Kind.CONFIGURATION,
          "the reason has more than " + LONGEST_REASON + " characters: write a shorter one");
    }
    Repository repository = settings.repository();
    try {
      if (repository.identity().isEmpty()) {
        throw new Problem(
            Kind.NOT_FOUND,
            "there is no backup yet in " + repository.location() + ": run 'backup'");
      }
      try (RepositoryLocks.Held lock = repository.lock("an accept")) {
        Backup chosen = choose(new BackupCatalog(repository), backup);
        try (JobScratch scratch = repository.openScratch(lock, clock.instant())) {
          lock.describeHolder("accept " + scratch.id());
          return accept(repository, lock, chosen, reason, trigger, scratch);
        }
      }
    } catch (UncheckedIOException e) {
      throw DiskFailures.read(e);
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  private static Backup choose(BackupCatalog catalog, Optional<String> backup) throws IOException {
    if (backup.isPresent()) {
      return BackupChoice.of(catalog, backup.get()).intact();
    }
    return catalog
        .newestPublished()
        .orElseThrow(() -> new Problem(Kind.NOT_FOUND, "there is no backup yet: run 'backup'"));
  }

  private Acceptance accept(
      Repository repository,
      RepositoryLocks.Held lock,
      Backup backup,
      Optional<String> reason,
      Trigger trigger,
      JobScratch scratch)
      throws IOException {
    if (!scratch.isWritable()) {
      throw new Problem(
          Kind.REPOSITORY,
          "the repository "
              + repository.location()
              + " cannot be written, or its disk is full: nothing was accepted. Fix its rights or"
              + " free some space, then run 'accept' again");
    }
    RunId id = new RunId(backup.id());
    Optional<ReadableFile> missing = repository.files().readable(id, Layout.MISSING, encryption);
    if (missing.isEmpty()) {
      return Acceptance.none(backup.id(), 0);
    }
    Path list = scratch.newFile();
    Counts counts =
        write(
            repository,
            missing.get(),
            repository.files().readable(id, Layout.REFERENCES, encryption),
            scratch,
            list);
    if (counts.added() == 0) {
      return Acceptance.none(backup.id(), counts.already());
    }
    Acceptance acceptance =
        new Acceptance(
            Optional.of(scratch.id().text()),
            backup.id(),
            Optional.of(clock.instant()),
            Optional.of(trigger),
            counts.added(),
            counts.already(),
            reason,
            Optional.empty(),
            Optional.empty());
    ObjectNode published =
        repository.acceptedLosses().publish(lock, scratch.id(), list, Json.of(acceptance));
    return fromJson(published);
  }

  /**
   * When a loss was first accepted; empty if there is no acceptance, or no record of one can be
   * read.
   */
  public static Optional<Instant> firstAcceptedAt(Repository repository) throws IOException {
    for (RunId id : repository.acceptedLosses().ids()) {
      Optional<Instant> at =
          repository.acceptedLosses().read(id).flatMap(LossAcceptance::acceptedAt);
      if (at.isPresent()) {
        return at;
      }
    }
    return Optional.empty();
  }

  /** Empty if the document cannot be parsed: one such document must not end {@code doctor}. */
  private static Optional<Instant> acceptedAt(ObjectNode document) {
    try {
      return Json.read(document, Acceptance.class).acceptedAt();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Acceptance fromJson(ObjectNode document) {
    try {
      return Json.read(document, Acceptance.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document that this program wrote cannot be parsed", e);
    }
  }

  private record Counts(long added, long already) {}

  /**
   * Joins the backup's losses with the sizes of their rows, and with the losses that are already
   * accepted.
   */
  private static Counts write(
      Repository repository,
      ReadableFile missing,
      Optional<ReadableFile> references,
      JobScratch scratch,
      Path list)
      throws IOException {
    long added = 0;
    long already = 0;
    try (MissingList lines = new MissingList(missing);
        References rows = References.of(references);
        RecordStream<AcceptedLoss> accepted =
            repository.acceptedLosses().open(scratch.folder(), "accepted");
        RecordStream<IndexRecord> damaged =
            repository.damagedObjects().listed(scratch.folder(), "damaged");
        AcceptedLosses.Writer writer = new AcceptedLosses.Writer(list)) {
      Cursor<Reference> reference = new Cursor<>(rows.stream(), Reference::key);
      Cursor<AcceptedLoss> known = new Cursor<>(accepted, AcceptedLoss::key);
      String last = "";
      while (lines.hasNext()) {
        MissingList.Line line = lines.next();
        if (line.key().equals(last)) {
          // Blocks in a database have a line for each size.
          continue;
        }
        last = line.key();
        boolean wasHeld = damaged.take(line.key()).isPresent();
        String bound =
            reference
                .take(line.key())
                .map(row -> AcceptedLoss.binding(row.sizeList(), wasHeld))
                .orElse(AcceptedLoss.NO_ROW);
        if (known.take(line.key()).filter(loss -> loss.binding().equals(bound)).isPresent()) {
          already++;
        } else {
          writer.add(new AcceptedLoss(line.key(), bound, line.plainReason()));
          added++;
        }
      }
    }
    return new Counts(added, already);
  }

  /** The references of the backup's dump, if the backup has a list of them. */
  private record References(Optional<ReferenceStream> list) implements AutoCloseable {

    static References of(Optional<ReadableFile> file) throws IOException {
      return new References(
          file.isPresent() ? Optional.of(new ReferenceStream(file.get())) : Optional.empty());
    }

    Iterator<Reference> stream() {
      return list.<Iterator<Reference>>map(stream -> stream).orElseGet(Collections::emptyIterator);
    }

    @Override
    public void close() {
      list.ifPresent(ReferenceStream::close);
    }
  }
}
