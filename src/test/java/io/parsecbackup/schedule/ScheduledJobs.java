package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.copy.CopyConfig;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.DrillConfig;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.restore.VerifyConfig;
import io.parsecbackup.testing.SettableClock;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An in-memory history of verifications and drills, with jobs that end at once with the result that
 * a test chooses.
 */
final class ScheduledJobs {

  final SettableClock clock = new SettableClock();

  /** Newest first. */
  final List<JobResult> records = new ArrayList<>();

  /** The started jobs, oldest first: parts of verifications, or {@code drill}. */
  final List<String> started = new ArrayList<>();

  JobState ends = JobState.COMPLETE;
  boolean running;
  boolean writes = true;
  boolean readable = true;
  Optional<Problem.Kind> refusal = Optional.empty();

  /** The schedule of a process that starts now. */
  JobSchedule verify(String schedule, String subset) {
    VerifyConfig config =
        config(
                "parsec.backup.verify.schedule", schedule,
                "parsec.backup.verify.subset", subset)
            .getConfigMapping(VerifyConfig.class);
    return schedule(new ScheduledVerification(checks(), config, this::startVerification));
  }

  JobSchedule drill(String schedule) {
    return drill(
        config("parsec.backup.drill.schedule", schedule).getConfigMapping(DrillConfig.class));
  }

  JobSchedule drill(DrillConfig config) {
    return schedule(new ScheduledDrill(checks(), config, () -> start("drill")));
  }

  /** The newest backup, and whether one runs. */
  Optional<ScheduledCopy.Published> newestBackup = Optional.empty();

  boolean backupRuns;

  JobSchedule copy(String schedule) {
    SmallRyeConfig config =
        config("parsec.backup.copy.schedule", schedule, "parsec.backup.schedule", "0 2 * * *");
    return schedule(
        new ScheduledCopy(
            checks(),
            config.getConfigMapping(CopyConfig.class),
            config.getConfigMapping(BackupConfig.class),
            new ScheduledCopy.Backups() {
              @Override
              public Optional<ScheduledCopy.Published> newest() {
                return newestBackup;
              }

              @Override
              public boolean isRunning() {
                return backupRuns;
              }
            },
            new ScheduledCopy.Starter(() -> true, () -> start("copy"))));
  }

  static SmallRyeConfig config(String... keysAndValues) {
    var config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(VerifyConfig.class)
            .withMapping(DrillConfig.class)
            .withMapping(CopyConfig.class)
            .withMapping(BackupConfig.class)
            .withValidateUnknown(false);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.withDefaultValues(Map.of(keysAndValues[i], keysAndValues[i + 1]));
    }
    return config.build();
  }

  private JobSchedule schedule(ScheduledJob job) {
    return new JobSchedule(job, clock);
  }

  private CheckSchedule checks() {
    return new CheckSchedule(history(), () -> running, ZoneOffset.UTC);
  }

  private JobHistory history() {
    return new JobHistory(most -> {
      if (!readable) {
        throw new IOException("the disk is gone");
      }
      return records.stream().limit(most).toList();
    });
  }

  private void startVerification(Subset subset) {
    start(subset.toString());
  }

  private void start(String what) {
    refusal.ifPresent(kind -> {
      throw new Problem(kind, "refused");
    });
    started.add(what);
    if (writes) {
      record(Trigger.SCHEDULE, ends, what);
    }
  }

  /** Writes the record of a job that starts now and takes no time. */
  void record(Trigger trigger, JobState state, String subset) {
    Instant now = clock.instant();
    records.addFirst(
        new JobResult(
            "job",
            "any",
            state,
            newestBackup.map(ScheduledCopy.Published::id).or(() -> Optional.of("20261122T020000Z")),
            Optional.of(trigger),
            now,
            Optional.of(now),
            Optional.of(subset),
            new JobResult.Checked(0, 0, Optional.empty()),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  /** Moves the clock forward, with a tick every ten minutes. */
  void pass(JobSchedule schedule, Duration time) {
    Duration step = Duration.ofMinutes(10);
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
      clock.advance(step);
      schedule.tick();
    }
  }
}
