package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.restore.VerifyConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Scheduled verifications. Each reads the part after that of the last one, also after a restart, so
 * together they read a whole backup. A verification that a person started does not count.
 */
@Singleton
final class ScheduledVerification implements ScheduledJob {

  private final CheckSchedule verifications;
  private final VerifyConfig config;
  private final Consumer<Subset> starter;

  @Inject
  ScheduledVerification(JobService jobs, VerifyConfig config, BackupConfig backup) {
    this(
        CheckSchedule.of(Verification.KIND, jobs, backup),
        config,
        subset -> jobs.verification("latest", subset, Trigger.SCHEDULE).inBackground());
  }

  /**
   * @param starter starts a verification of a part
   */
  ScheduledVerification(
      CheckSchedule verifications, VerifyConfig config, Consumer<Subset> starter) {
    this.verifications = verifications;
    this.config = config;
    this.starter = starter;
  }

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public Timetable timetable() {
    return verifications.timetable(VerifyConfig.SCHEDULE_KEY, config.schedule());
  }

  @Override
  public void checkSettings() {
    timetable();
    configured();
  }

  private Subset configured() {
    return Subset.parse(VerifyConfig.SUBSET_KEY, config.subset());
  }

  @Override
  public List<PastRun> newest(int most) throws IOException {
    return verifications.newest(most, JobResult::startedBySchedule);
  }

  @Override
  public boolean isRunning() {
    return verifications.isRunning();
  }

  @Override
  public void start() {
    try {
      starter.accept(part());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next part; a part whose verification failed is read again. */
  private Subset part() throws IOException {
    Subset configured = configured();
    return verifications
        .history()
        .newest(run -> isDone(run, configured.parts()))
        .flatMap(ScheduledVerification::subset)
        .map(Subset::next)
        .orElse(configured);
  }

  private static boolean isDone(JobResult run, int parts) {
    return run.startedBySchedule()
        && run.state().isDone()
        && subset(run).stream().anyMatch(subset -> subset.parts() == parts);
  }

  private static Optional<Subset> subset(JobResult run) {
    try {
      return run.subset().map(text -> Subset.parse("subset", text));
    } catch (Problem e) {
      // Not written by this program, so it says nothing about our parts.
      return Optional.empty();
    }
  }
}
