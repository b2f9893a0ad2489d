package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobRecords;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Starts verifications, drills and restores, and finds running and recorded ones. */
@ApplicationScoped
public class JobService {

  private final JobRunner runner;
  private final RepositorySettings repositorySettings;
  private final Verification verification;
  private final Drill drill;
  private final Restore restore;
  private final JobSettings jobSettings;

  public JobService(
      JobRunner runner,
      RepositorySettings repositorySettings,
      Verification verification,
      Drill drill,
      Restore restore,
      JobSettings jobSettings) {
    this.runner = runner;
    this.repositorySettings = repositorySettings;
    this.verification = verification;
    this.drill = drill;
    this.restore = restore;
    this.jobSettings = jobSettings;
  }

  /** The same service for another repository. */
  public JobService in(RepositorySettings other) {
    return new JobService(runner, other, verification, drill, restore, jobSettings);
  }

  /**
   * Starts a verification. The caller then executes the returned job.
   *
   * @param backup an id, or {@code latest}
   * @throws Problem of kind HELD if a backup or another verification is running; NOT_FOUND if the
   *     backup does not exist; CONFIGURATION if a setting is invalid
   */
  public Job<JobResult> verification(String backup, Subset subset, Trigger trigger) {
    return start(
        Verification.KIND,
        new SharedJobStart.Request(backup, Optional.of(subset), trigger),
        context -> verification.run(context, subset));
  }

  /** Starts a drill; see {@link #verification}. */
  public Job<JobResult> drill(String backup, Trigger trigger) {
    Drill.Server server = drill.server();
    return start(
        Drill.KIND,
        new SharedJobStart.Request(backup, Optional.empty(), trigger),
        context -> drill.run(context, server));
  }

  /** Starts a restore; see {@link #verification}. It checks the targets first. */
  public Job<JobResult> restore(String backup, RestoreRequest request, Trigger trigger) {
    RestoreTarget target = restore.target(request);
    return start(
        Restore.KIND,
        new SharedJobStart.Request(backup, Optional.empty(), trigger),
        context -> restore.run(context, target));
  }

  private Job<JobResult> start(
      JobKind kind, SharedJobStart.Request request, SharedJobStart.Task task) {
    return runner.start(
        new SharedJobStart(kind, repositorySettings.repository(), jobSettings, request, task));
  }

  /** The recorded jobs of that kind, and the one that is running in this process. */
  public JobHistory history(JobKind kind) {
    return new JobHistory(most -> newest(kind, most));
  }

  public boolean isRunning(JobKind kind) {
    return runner.running(kind).isPresent();
  }

  /**
   * The newest jobs of all kinds except backups, newest first. A job that is running in this
   * process has its current progress.
   */
  public List<JobResult> newest(int most) throws IOException {
    return records().newest(Optional.empty(), most, running());
  }

  private List<JobResult> newest(JobKind kind, int most) throws IOException {
    List<JobResult> here =
        running().stream().filter(job -> job.kind().equals(kind.word())).toList();
    return records().newest(Optional.of(kind), most, here);
  }

  /** Finds one job. A job that is running in this process has its current progress. */
  public Optional<JobResult> find(RunId id) throws IOException {
    Optional<JobResult> here = runner.find(JobResult.class, id);
    return here.isPresent() ? here : records().find(id);
  }

  /**
   * Asks a job to stop.
   *
   * @return whether it is running in this process
   */
  public boolean cancel(RunId id, String why) {
    return runner.cancel(JobResult.class, id, why);
  }

  /** The jobs that are running in this process, except backups. */
  public List<JobResult> running() {
    return runner.running(JobResult.class);
  }

  /** Whether a job found damaged objects that no backup has fetched again since. */
  public boolean knowsDamage() throws IOException {
    return repositorySettings.repository().damagedObjects().isAny();
  }

  private JobRecords records() {
    return new JobRecords(repositorySettings.repository());
  }
}
