package io.parsecbackup.backup;

import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** The backups and runs that a repository knows of. Needs no lock. */
public final class BackupCatalog {

  private final Repository repository;

  public BackupCatalog(Repository repository) {
    this.repository = repository;
  }

  /** The published backups that are whole, newest first. */
  public List<Backup> published() throws IOException {
    List<Backup> backups = new ArrayList<>();
    for (RunId id : repository.published().ids().reversed()) {
      readPublished(id).ifPresent(backups::add);
    }
    return backups;
  }

  /** The newest published backup that is whole, complete or not. */
  public Optional<Backup> newestPublished() throws IOException {
    return newest(repository.published().ids().reversed(), this::readPublished);
  }

  /**
   * How long each phase of a backup's run took, in seconds, by {@link Progress.Phase}'s words; what
   * comes after its document is written counts for nothing. Empty where that is not known.
   */
  public Map<String, Double> phaseSeconds(Backup backup) throws IOException {
    Optional<RunId> id = RunId.parse(backup.id());
    return id.isEmpty()
        ? Map.of()
        : repository.runs().read(id.get()).map(PhaseTimes::of).orElse(Map.of());
  }

  /** The newest backup, or run that published nothing, of those that have come to an end. */
  public Optional<Backup> newestEnded() throws IOException {
    return newest(ids(), id -> find(id).filter(run -> run.state() != JobState.RUNNING));
  }

  private static Optional<Backup> newest(Collection<RunId> newestFirst, Look look)
      throws IOException {
    for (RunId id : newestFirst) {
      Optional<Backup> found = look.at(id);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** A look at one of them. */
  private interface Look {
    Optional<Backup> at(RunId id) throws IOException;
  }

  /**
   * Published backups whose {@code backup.json} is damaged or gone, newest first: never taken for
   * one, never passed over in silence.
   */
  public List<String> damaged() throws IOException {
    TreeSet<String> damaged = new TreeSet<>(Comparator.reverseOrder());
    String newestWhole = "";
    for (RunId id : repository.published().ids()) {
      if (readPublished(id).isEmpty()) {
        damaged.add(id.text());
      } else {
        newestWhole = id.text();
      }
    }
    // One that is gone and older is in nobody's way: somebody may have removed it.
    for (RunId id : repository.runs().ids()) {
      if (id.text().compareTo(newestWhole) > 0 && isLost(id)) {
        damaged.add(id.text());
      }
    }
    return List.copyOf(damaged);
  }

  /** Whether a backup of this id was published, and its {@code backup.json} is gone. */
  private boolean isLost(RunId id) throws IOException {
    return !repository.published().isPublished(id)
        && record(id).map(run -> run.state().isDone()).orElse(false);
  }

  /** Backups and runs that published nothing, newest first. */
  public List<Backup> all() throws IOException {
    List<Backup> all = new ArrayList<>();
    for (RunId id : ids()) {
      find(id).ifPresent(all::add);
    }
    return all;
  }

  /** Ids of all backups and runs, newest first. */
  public NavigableSet<RunId> ids() throws IOException {
    TreeSet<RunId> ids = new TreeSet<>(Comparator.reverseOrder());
    ids.addAll(repository.published().ids());
    ids.addAll(repository.runs().ids());
    return ids;
  }

  /** Whether anything was ever published here. */
  public boolean hasBackup() throws IOException {
    return !repository.published().ids().isEmpty();
  }

  /** Whether a backup of this id was published, whole, damaged or lost by now. */
  public boolean wasPublished(RunId id) throws IOException {
    return repository.published().isPublished(id) || isLost(id);
  }

  /** One backup or run. */
  public Optional<Backup> find(RunId id) throws IOException {
    Optional<Backup> run = read(id);
    if (!runs(run) || repository.isHeld()) {
      return run;
    }
    // It may have ended between the two looks: then there is more to say by now.
    Optional<Backup> ended = read(id);
    return runs(ended) ? ended.map(DeadRunRecords::ended) : ended;
  }

  private Optional<Backup> read(RunId id) throws IOException {
    return repository.published().isPublished(id)
        ? readPublished(id)
        // A run that says it published is no backup any more, and must not be shown as one.
        : record(id).filter(run -> !run.state().isDone());
  }

  private Optional<Backup> record(RunId id) throws IOException {
    return repository
        .runs()
        .read(id)
        .flatMap(BackupJson::fromJson)
        .filter(run -> run.id().equals(id.text()));
  }

  private static boolean runs(Optional<Backup> run) {
    return run.isPresent() && run.get().state() == JobState.RUNNING;
  }

  /**
   * The newest complete backup, by its date: one that was adopted may be older than those that were
   * there before it.
   */
  public Optional<Backup> latest() throws IOException {
    Optional<Backup> latest = Optional.empty();
    Instant date = Instant.MIN;
    for (RunId id : repository.published().ids().reversed()) {
      if (latest.isPresent() && !id.instant().isAfter(date)) {
        break;
      }
      Optional<Backup> backup = readPublished(id).filter(b -> b.state() == JobState.COMPLETE);
      if (backup.isPresent() && (latest.isEmpty() || date(backup.get(), id).isAfter(date))) {
        latest = backup;
        date = date(backup.get(), id);
      }
    }
    return latest;
  }

  /** Of a database whose clock is ahead of ours, ours: nothing is younger than its run. */
  private static Instant date(Backup backup, RunId id) {
    return backup.snapshotAt().filter(at -> at.isBefore(id.instant())).orElse(id.instant());
  }

  private Optional<Backup> readPublished(RunId id) throws IOException {
    return repository.published().document(id).flatMap(BackupJson::fromJson);
  }
}
