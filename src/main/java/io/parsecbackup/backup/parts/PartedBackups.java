package io.parsecbackup.backup.parts;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.DeadRunRecords;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.plan.Plan;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;

/**
 * Starts the steps of a backup that several processes take: one plans it, each part is fetched by
 * one process, and one joins the parts. A step that runs again does what is left of it.
 */
@ApplicationScoped
public class PartedBackups {

  /** More would only make the parts' lists small. */
  public static final int MOST_PARTS = 1_000;

  private final JobRunner runner;
  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BackupTools tools;

  @Inject
  public PartedBackups(
      JobRunner runner,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BackupTools tools) {
    this.runner = runner;
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.tools = tools;
  }

  /**
   * Starts a job that takes the database's part of a backup and plans the rest. It holds the
   * repository's lock; afterwards the plan keeps other runs away until it is joined or discarded,
   * or until it is older than the time limit of a run.
   *
   * @param parts from 1 to {@link #MOST_PARTS}
   * @throws Problem as {@link io.parsecbackup.backup.BackupService#start}; of kind HELD also if a
   *     backup is planned already
   */
  public Job<JobResult> plan(int parts, Trigger trigger) {
    if (parts < 1 || parts > MOST_PARTS) {
      throw new Problem(
          Kind.CONFIGURATION,
          "--plan is " + parts + ": expected a number of parts from 1 to " + MOST_PARTS);
    }
    Blockstore blockstore = sourceSettings.blockstore();
    BackupSource source = new BackupSource(sourceSettings.database(), blockstore);
    return runner.start(new PlanStart(tools, repository(), source, trigger, parts));
  }

  /**
   * Starts a job that fetches a part. It holds the lock of its part only.
   *
   * @param part counted from 0
   * @throws Problem of kind NOT_FOUND if no backup is planned; HELD if another process fetches this
   *     part; CONFIGURATION if there is no such part, or the source is another one
   */
  public Job<JobResult> part(int part, Trigger trigger) {
    Repository repository = repository();
    Plan plan;
    try {
      repository.requireKnownFormat();
      plan = PlannedBackup.newest(repository);
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
    return runner.start(
        new PartStart(tools, repository, sourceSettings.blockstore(), trigger, plan, part));
  }

  /**
   * Starts a job that proves and publishes the planned backup. If it is published already, the job
   * changes nothing.
   *
   * @throws Problem of kind NOT_FOUND if no backup is planned; REPOSITORY if parts are missing,
   *     which it names; HELD if another run holds the repository
   */
  public Job<Backup> join() {
    return runner.start(new JoinStart(tools, repository(), sourceSettings));
  }

  /**
   * Ends the planned backup. The next backup uses what its parts have fetched.
   *
   * @return its id
   * @throws Problem of kind NOT_FOUND if no backup is planned; HELD if one of its parts runs
   */
  public RunId discard() {
    Repository repository = repository();
    try {
      repository.identity();
      try (RepositoryLocks.Held lock = repository.lockPlanned("a discard")) {
        Plan plan = repository.plans().open().orElseThrow(PlannedBackup::nothingPlanned);
        repository.plans().discard(plan.id());
        repository.deadRuns().clear();
        DeadRunRecords.complete(repository, lock);
        return plan.id();
      }
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  private Repository repository() {
    Repository repository = repositorySettings.repository();
    sourceSettings.requireOutside(RepositorySettings.KEY, repository);
    return repository;
  }
}
