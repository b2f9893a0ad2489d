package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.job.JobHistory;
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
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Verifications by schedule: each reads the part after that of the last one, also across restarts,
 * so that as many verifications as there are parts read a whole backup. A verification that a
 * person started counts neither as a scheduled one nor as a part.
 */
@Singleton
final class ScheduledVerification implements ScheduledJob {

  private final JobHistory history;
  private final BooleanSupplier running;
  private final Consumer<Subset> starter;
  private final VerifyConfig config;
  private final ZoneId timeZone;

  @Inject
  ScheduledVerification(JobService jobs, VerifyConfig config, BackupConfig backup) {
    this(
        jobs.history(Verification.KIND),
        () -> jobs.isRunning(Verification.KIND),
        subset -> jobs.verification("latest", subset, Trigger.SCHEDULE).inBackground(),
        config,
        backup.timeZone());
  }

  /**
   * @param starter starts a verification of a part
   */
  ScheduledVerification(
      JobHistory history,
      BooleanSupplier running,
      Consumer<Subset> starter,
      VerifyConfig config,
      ZoneId timeZone) {
    this.history = history;
    this.running = running;
    this.starter = starter;
    this.config = config;
    this.timeZone = timeZone;
  }

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public Timetable timetable() {
    return TimetableParser.parse(VerifyConfig.SCHEDULE_KEY, config.schedule(), timeZone);
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
    return history.newest(most, JobResult::startedBySchedule).stream().map(PastRun::of).toList();
  }

  @Override
  public boolean waitsForFirst() {
    return true;
  }

  @Override
  public boolean isRunning() {
    return running.getAsBoolean();
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
    return history
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
