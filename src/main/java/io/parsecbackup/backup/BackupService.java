package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** Starts backups, and finds running and recorded ones. */
@ApplicationScoped
public class BackupService {

  private static final Logger LOG = Logger.getLogger(BackupService.class);

  private final JobRunner runner;
  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BackupTools tools;
  private final List<AfterBackup> followers;

  /**
   * @param followers the kinds of jobs that follow a backup, in their order
   */
  @Inject
  public BackupService(
      JobRunner runner,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BackupTools tools,
      @All List<AfterBackup> followers) {
    this.runner = runner;
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.tools = tools;
    this.followers = followers;
  }

  /** A service without jobs that follow a backup. */
  public BackupService(
      JobRunner runner,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BackupTools tools) {
    this(runner, repositorySettings, sourceSettings, tools, List.of());
  }

  /** The same service for another repository. */
  public BackupService in(RepositorySettings other) {
    return new BackupService(runner, other, sourceSettings, tools);
  }

  /**
   * Starts a backup: locks the repository and reserves the id. The caller then executes the
   * returned job.
   *
   * @throws Problem of kind HELD if another job has locked the repository; CONFIGURATION if a
   *     setting is invalid; CANCELLED if the service is stopping
   */
  public Job<Backup> start(Trigger trigger) {
    BackupSource source = BackupSource.of(sourceSettings, tools.dumper());
    Repository repository = repositorySettings.repository();
    sourceSettings.requireOutside(RepositorySettings.KEY, repository);
    return runner.start(
        new BackupStart(tools, repository, source, trigger, ended -> follow(ended, Job::execute)));
  }

  /**
   * Runs the jobs that follow a backup, one after the other. A backup in the background does this
   * itself. A failure is only logged: the backup is published.
   *
   * @param execute executes such a job
   */
  public void follow(Backup ended, Consumer<Job<JobResult>> execute) {
    for (AfterBackup follower : followers) {
      try {
        follower.start(ended).ifPresent(execute);
      } catch (RuntimeException e) {
        LOG.warnf(
            "backup %s: the %s that follows it was not started: %s",
            ended.id(), follower.name(), e.getMessage());
      }
    }
  }

  /** The backup that is running in this process. */
  public Optional<Job<?>> running() {
    return runner.running(BackupRun.KIND);
  }

  /**
   * The repository's backups and runs.
   *
   * @throws Problem if this program does not support its format
   */
  public BackupCatalog catalog() {
    Repository repository = repositorySettings.repository();
    try {
      repository.requireKnownFormat();
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
    return new BackupCatalog(repository);
  }

  /**
   * The newest backups and runs, newest first. A backup that is running in this process has its
   * current progress.
   */
  public List<Backup> newest(int most) throws IOException {
    return newest(most, id -> true, backup -> true);
  }

  /**
   * The newest backups and runs that match both conditions, newest first. Reads no more documents
   * than needed.
   */
  public List<Backup> newest(int most, Predicate<RunId> ids, Predicate<Backup> backups)
      throws IOException {
    NavigableSet<RunId> all = catalog().ids();
    // A run is recorded shortly after its start.
    running().ifPresent(run -> all.add(run.id()));
    List<Backup> newest = new ArrayList<>();
    for (RunId id : all) {
      if (newest.size() >= most) {
        break;
      }
      if (ids.test(id)) {
        find(id).filter(backups).ifPresent(newest::add);
      }
    }
    return newest;
  }

  /**
   * Cleans up after killed runs, and records that they failed. Does nothing if another process has
   * locked the repository.
   */
  public void cleanUpKilledRuns() {
    Repository repository = repositorySettings.repository();
    try {
      if (repository.identity().isEmpty()) {
        return;
      }
      try (RepositoryLocks.Held lock = repository.lock("a service that is starting")) {
        repository.deadRuns().clear();
        DeadRunRecords.complete(repository, lock);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warnf("cannot clean up after killed runs: %s", e.getMessage());
    }
  }

  /** The repository's folder or bucket; contains no secret. */
  public String location() {
    return repositorySettings.repository().location();
  }

  /** Free bytes on the repository's file system; empty if it has no limit. */
  public OptionalLong usableSpace() throws IOException {
    return repositorySettings.repository().storage().usableSpace();
  }

  /** Finds one backup or run. A backup that is running in this process has its current progress. */
  public Optional<Backup> find(RunId id) throws IOException {
    Optional<Backup> here = runner.find(Backup.class, id);
    return here.isPresent() ? here : catalog().find(id);
  }

  /**
   * Asks a backup to stop.
   *
   * @return whether it is running in this process
   */
  public boolean cancel(RunId id, String why) {
    return runner.cancel(Backup.class, id, why);
  }
}
