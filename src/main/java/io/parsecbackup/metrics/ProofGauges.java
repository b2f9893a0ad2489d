package io.parsecbackup.metrics;

import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.restore.JobHistory;
import io.parsecbackup.restore.JobKind;
import io.parsecbackup.restore.Jobs;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What verifications and drills have shown. */
record ProofGauges(Jobs jobs) {

  private static final Set<BackupState> VERDICTS =
      EnumSet.of(BackupState.COMPLETE, BackupState.INCOMPLETE, BackupState.FAILED);

  List<MetricFamilySamples> families() {
    Optional<BackupState> verified = verdict(JobKind.VERIFY);
    return new Gauges()
        .time(
            "parsec_backup_last_verification_timestamp_seconds",
            "When a verification last came to its end, whether it found damage or not.",
            lastEnd(JobKind.VERIFY))
        .state(
            "parsec_backup_last_verification_state",
            "1 for the state in which the newest verification ended; incomplete: it found damage.",
            VERDICTS,
            verified)
        .flag(
            "parsec_backup_known_damage",
            "1 while objects are known to be damaged, and no backup has fetched them again.",
            verified.flatMap(
                any -> Gauges.ask("known damage", () -> Optional.of(jobs.knowsDamage()))))
        .time(
            "parsec_backup_last_drill_timestamp_seconds",
            "When a drill last came to its end, whether it found damage or not.",
            lastEnd(JobKind.DRILL))
        .state(
            "parsec_backup_last_drill_state",
            "1 for the state in which the newest drill ended; incomplete: it found damage.",
            VERDICTS,
            verdict(JobKind.DRILL))
        .families();
  }

  private Optional<Instant> lastEnd(JobKind kind) {
    return Gauges.ask(
            "the last " + kind.word(),
            () -> JobHistory.of(jobs, kind).newest(job -> job.state().isPublished()))
        .flatMap(JobResult::finishedAt);
  }

  private Optional<BackupState> verdict(JobKind kind) {
    return Gauges.ask(
            "how the last " + kind.word() + " ended",
            () -> JobHistory.of(jobs, kind).newestVerdict())
        .map(JobResult::state);
  }
}
