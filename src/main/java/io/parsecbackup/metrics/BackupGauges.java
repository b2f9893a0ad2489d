package io.parsecbackup.metrics;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.JobState;
import io.parsecbackup.schedule.BackupFreshness;
import io.parsecbackup.schedule.Freshness;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What there is to know of the newest backups. */
record BackupGauges(BackupService backups, BackupFreshness freshness) {

  private static final Set<JobState> ENDS =
      EnumSet.of(JobState.COMPLETE, JobState.INCOMPLETE, JobState.FAILED, JobState.CANCELLED);

  List<MetricFamilySamples> families() {
    Optional<Backup> complete =
        Gauges.read("the newest complete backup", () -> backups.catalog().latest());
    Optional<Backup> published =
        Gauges.read("the newest backup", () -> backups.catalog().newestPublished());
    Optional<Backup> run = Gauges.read("the newest run", () -> backups.catalog().newestEnded());
    return new Gauges()
        .time(
            "parsec_backup_last_success_timestamp_seconds",
            "Date of the newest complete backup: the database's time at its snapshot.",
            complete.flatMap(Backup::snapshotAt))
        .time(
            "parsec_backup_covered_until_timestamp_seconds",
            "Latest recovery target of the database for which all objects are in the repository.",
            Gauges.read("the covered time", () -> backups.catalog().coveredUntil()))
        .time(
            "parsec_backup_last_run_timestamp_seconds",
            "End of the newest finished run; for a killed run, its start.",
            run.map(ended -> ended.finishedAt().orElse(ended.startedAt())))
        .state(
            "parsec_backup_last_run_state",
            "1 for the state in which the newest run ended.",
            ENDS,
            run.map(Backup::state))
        .values(
            "parsec_backup_duration_seconds",
            "Duration of each phase of the run that published the newest backup.",
            "phase",
            Gauges.read("the duration of the newest backup", () -> phaseSeconds(published))
                .orElse(Map.of()))
        .value(
            "parsec_backup_dump_bytes",
            "Size of the newest backup's dump.",
            published.flatMap(Backup::dump).map(Backup.DumpFile::bytes))
        .flag(
            "parsec_backup_dump_encrypted",
            "1 if the newest backup's dump is encrypted, else 0.",
            published.flatMap(Backup::dump).map(Backup.DumpFile::encrypted))
        // An object that the source cannot deliver counts as missing too.
        .value(
            "parsec_backup_objects_missing",
            "Objects that the newest backup's dump refers to and that are missing.",
            published.flatMap(Backup::objects).map(counts -> counts.missing() + counts.failed()))
        .value(
            "parsec_backup_objects_accepted",
            "Objects missing from the newest backup whose loss was accepted.",
            published.flatMap(Backup::objects).map(Backup.ObjectCounts::accepted))
        .value(
            "parsec_backup_repository_free_bytes",
            "Free bytes on the repository's file system.",
            Gauges.read("the free space", () -> backups.usableSpace().stream().boxed().findFirst()))
        .families();
  }

  /** Depends on the clock, so it is computed on every scrape, unlike the rest. */
  List<MetricFamilySamples> staleness() {
    return new Gauges()
        .flag(
            "parsec_backup_stale",
            "1 while there is no complete backup, or the newest is older than max-age.",
            Gauges.read("the age of the newest backup", () -> Optional.of(isStale())))
        .families();
  }

  private Optional<Map<String, Double>> phaseSeconds(Optional<Backup> backup) throws IOException {
    return backup.isEmpty()
        ? Optional.empty()
        : Optional.of(backups.catalog().phaseSeconds(backup.get()));
  }

  private boolean isStale() {
    return freshness.freshness().state() != Freshness.State.FRESH;
  }
}
