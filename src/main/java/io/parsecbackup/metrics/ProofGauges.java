package io.parsecbackup.metrics;

import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.retention.PruneRequest;
import io.parsecbackup.retention.PruneService;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Metrics of verifications, drills and prunes. */
record ProofGauges(JobService jobs) {

  private static final Set<JobState> VERDICTS =
      EnumSet.of(JobState.COMPLETE, JobState.INCOMPLETE, JobState.FAILED);

  private static final Set<JobState> PRUNED = EnumSet.of(JobState.COMPLETE, JobState.FAILED);

  List<MetricFamilySamples> families() {
    Optional<JobState> verified = verdict(Verification.KIND);
    Optional<JobResult> pruned = prune(job -> job.state().isDone());
    return new Gauges()
        .time(
            "parsec_backup_last_verification_timestamp_seconds",
            "End of the newest finished verification, with or without damage.",
            lastEnd(Verification.KIND))
        .state(
            "parsec_backup_last_verification_state",
            "1 for the state in which the newest verification ended; incomplete: it found damage.",
            VERDICTS,
            verified)
        .flag(
            "parsec_backup_known_damage",
            "1 while damaged objects are known that no backup has fetched again.",
            verified.flatMap(
                any -> Gauges.read("known damage", () -> Optional.of(jobs.knowsDamage()))))
        .time(
            "parsec_backup_last_drill_timestamp_seconds",
            "End of the newest finished drill, with or without damage.",
            lastEnd(Drill.KIND))
        .state(
            "parsec_backup_last_drill_state",
            "1 for the state in which the newest drill ended; incomplete: it found damage.",
            VERDICTS,
            verdict(Drill.KIND))
        .time(
            "parsec_backup_last_prune_timestamp_seconds",
            "End of the newest finished prune.",
            pruned.flatMap(JobResult::finishedAt))
        .state(
            "parsec_backup_last_prune_state",
            "1 for the state in which the newest prune ended.",
            PRUNED,
            prune(job -> true).map(JobResult::state))
        .value(
            "parsec_backup_last_prune_refused",
            "Files that the storage did not let the newest finished prune delete.",
            pruned.map(job -> job.removed().map(JobResult.Removed::refused).orElse(0L)))
        .families();
  }

  private Optional<JobResult> prune(Predicate<JobResult> matches) {
    return Gauges.read(
        "the last prune",
        () ->
            jobs.history(PruneRequest.KIND)
                .newest(job -> PruneService.isVerdict(job) && matches.test(job)));
  }

  private Optional<Instant> lastEnd(JobKind kind) {
    return Gauges.read(
            "the last " + kind.word(), () -> jobs.history(kind).newest(job -> job.state().isDone()))
        .flatMap(JobResult::finishedAt);
  }

  private Optional<JobState> verdict(JobKind kind) {
    return Gauges.read(
            "the state of the last " + kind.word(), () -> jobs.history(kind).newestVerdict())
        .map(JobResult::state);
  }
}
