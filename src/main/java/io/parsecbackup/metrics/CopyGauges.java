package io.parsecbackup.metrics;

import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.schedule.CopyFreshness;
import io.parsecbackup.schedule.Freshness;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Metrics of copies. */
record CopyGauges(JobService jobs, CopyFreshness freshness) {

  private static final Set<JobState> VERDICTS =
      EnumSet.of(JobState.COMPLETE, JobState.INCOMPLETE, JobState.FAILED);

  List<MetricFamilySamples> families() {
    JobHistory copies = jobs.history(CopyStart.KIND);
    return new Gauges()
        .time(
            "parsec_backup_last_copy_timestamp_seconds",
            "End of the newest copy that finished at all places, with or without damage.",
            Gauges.read("the last copy", () -> copies.newest(job -> job.state().isDone()))
                .flatMap(JobResult::finishedAt))
        .state(
            "parsec_backup_last_copy_state",
            "1 for the state in which the newest copy ended; failed: at one place or more.",
            VERDICTS,
            Gauges.read("the state of the last copy", copies::newestVerdict).map(JobResult::state))
        .families();
  }

  /** Depends on the clock, so it is computed on every scrape. */
  List<MetricFamilySamples> staleness() {
    return new Gauges()
        .flag(
            "parsec_backup_copy_stale",
            "1 while copies are configured and no complete one is recent.",
            Gauges.read(
                "the age of the newest copy",
                () -> freshness.freshness().map(copy -> copy.state() != Freshness.State.FRESH)))
        .families();
  }
}
