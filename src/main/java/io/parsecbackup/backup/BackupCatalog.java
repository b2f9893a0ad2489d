package io.parsecbackup.backup;

import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the backups and runs of a repository. Needs no lock. */
public final class BackupCatalog {

  private final Repository repository;

  public BackupCatalog(Repository repository) {
    this.repository = repository;
  }

  /** The published backups that are not damaged, newest first. */
  public List<Backup> published() throws IOException {
    List<Backup> backups = new ArrayList<>();
    for (RunId id : repository.published().ids().reversed()) {
      readPublished(id).ifPresent(backups::add);
    }
    return backups;
  }

  /** The newest published backup that is not damaged, complete or incomplete. */
  public Optional<Backup> newestPublished() throws IOException {
    return newest(repository.published().ids().reversed(), this::readPublished);
  }

  /**
   * The duration in seconds of each phase of the run that made a backup, by the name of the phase.
   * The time after the run wrote {@code backup.json} is not included. Empty if it is not known.
   */
  public Map<String, Double> phaseSeconds(Backup backup) throws IOException {
    Optional<RunId> id = RunId.parse(backup.id());
    return id.isEmpty()
        ? Map.of()
        : repository.runs().read(id.get()).map(PhaseTimes::of).orElse(Map.of());
  }

  /** The newest backup or run that has ended, including runs that published nothing. */
  public Optional<Backup> newestEnded() throws IOException {
    return newest(ids(), id -> find(id).filter(run -> run.state() != JobState.RUNNING));
  }

  private static Optional<Backup> newest(Collection<RunId> newestFirst, Lookup lookup)
      throws IOException {
    for (RunId id : newestFirst) {
      Optional<Backup> found = lookup.find(id);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Reads one backup or run. */
  private interface Lookup {
    Optional<Backup> find(RunId id) throws IOException;
  }

  /**
   * Ids of the published backups whose {@code backup.json} is damaged or missing, newest first.
   * These backups are never used, but always reported.
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
    // A missing one that is older is not reported: somebody may have removed it.
    for (RunId id : repository.runs().ids()) {
      if (id.text().compareTo(newestWhole) > 0 && isLost(id)) {
        damaged.add(id.text());
      }
    }
    return List.copyOf(damaged);
  }

  /** Whether a backup with this id was published and its {@code backup.json} is missing. */
  private boolean isLost(RunId id) throws IOException {
    return !repository.published().isPublished(id)
        && !repository.published().isPruned(id)
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

  /** Ids of all backups and runs, newest first, without the backups that were pruned. */
  public NavigableSet<RunId> ids() throws IOException {
    Set<RunId> published = new HashSet<>(repository.published().ids());
    NavigableSet<RunId> ids = runIds();
    Set<RunId> sealed = repository.index().sealed();
    ids.removeIf(id -> sealed.contains(id) && !published.contains(id));
    return ids;
  }

  /** As {@link #ids}, with the backups that were pruned. */
  public NavigableSet<RunId> runIds() throws IOException {
    TreeSet<RunId> ids = new TreeSet<>(Comparator.reverseOrder());
    ids.addAll(repository.published().ids());
    ids.addAll(repository.runs().ids());
    return ids;
  }

  /** As {@link #find}, also the run of a backup that is not in the repository any more. */
  public Optional<Backup> run(RunId id) throws IOException {
    Optional<Backup> found = find(id);
    return found.isPresent() ? found : record(id);
  }

  /** Whether a prune has removed the backup with this id. */
  public boolean wasPruned(RunId id) {
    return repository.published().isPruned(id);
  }

  /** Whether the repository contains a published backup. */
  public boolean hasBackup() throws IOException {
    return !repository.published().ids().isEmpty();
  }

  /** Whether a backup with this id was published, even if it is now damaged or missing. */
  public boolean wasPublished(RunId id) throws IOException {
    return repository.published().isPublished(id) || isLost(id);
  }

  /** Finds one backup or run. */
  public Optional<Backup> find(RunId id) throws IOException {
    Optional<Backup> run = read(id);
    if (!isRunning(run) || repository.isHeld() || repository.plans().isOpen(id)) {
      return run;
    }
    // It may have ended between the two reads, so read it again.
    Optional<Backup> ended = read(id);
    return isRunning(ended) ? ended.map(DeadRunRecords::failed) : ended;
  }

  private Optional<Backup> read(RunId id) throws IOException {
    return repository.published().isPublished(id)
        ? readPublished(id)
        // The backup that the run published is missing, so the record must not be shown as a
        // backup.
        : record(id).filter(run -> !run.state().isDone());
  }

  private Optional<Backup> record(RunId id) throws IOException {
    return repository
        .runs()
        .read(id)
        .flatMap(BackupJson::fromJson)
        .filter(run -> run.id().equals(id.text()));
  }

  private static boolean isRunning(Optional<Backup> run) {
    return run.isPresent() && run.get().state() == JobState.RUNNING;
  }

  /**
   * The newest complete backup by date. An adopted backup may be older than backups with smaller
   * ids.
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

  /**
   * The latest instant that a complete backup without a dump covers; see {@link
   * Backup#coveredUntil}. Empty if there is no such backup.
   */
  public Optional<Instant> coveredUntil() throws IOException {
    return published().stream()
        .flatMap(backup -> backup.coveredUntil().stream())
        .max(Comparator.naturalOrder());
  }

  /**
   * The date of a backup. It is never later than the start of its run, even if the database's clock
   * is ahead.
   */
  public static Instant date(Backup backup, RunId id) {
    return backup.snapshotAt().filter(at -> at.isBefore(id.instant())).orElse(id.instant());
  }

  private Optional<Backup> readPublished(RunId id) throws IOException {
    return repository.published().document(id).flatMap(BackupJson::fromJson);
  }
}
