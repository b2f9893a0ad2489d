package io.parsecbackup.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.restore.JobHistory;
import io.parsecbackup.restore.JobKind;
import io.parsecbackup.restore.Jobs;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * When a backup, a verification and a drill last went well, as Unix times in seconds, and what
 * became of objects. Read from the repository when Prometheus asks, so that they are right after a
 * restart; a metric of which nothing is known is absent, which a gauge of Micrometer's own cannot
 * be.
 */
@Singleton
final class BackupMetrics extends Collector implements Collector.Describable {

  private static final Logger LOG = Logger.getLogger(BackupMetrics.class);

  /** For whoever asks for it all the time. */
  private static final Duration KEEP = Duration.ofSeconds(5);

  private final Backups backups;
  private final Jobs jobs;
  private final ObjectTotals totals = new ObjectTotals();
  private List<MetricFamilySamples> latest = List.of();
  private long lookedAt;

  BackupMetrics(Backups backups, Jobs jobs) {
    this.backups = backups;
    this.jobs = jobs;
    this.lookedAt = System.nanoTime() - KEEP.toNanos();
  }

  void register(@Observes StartupEvent start, PrometheusMeterRegistry registry) {
    registry.getPrometheusRegistry().register(this);
  }

  /** Without this the registry would ask for it all at the start, a one-shot command's too. */
  @Override
  public List<MetricFamilySamples> describe() {
    return List.of();
  }

  @Override
  public synchronized List<MetricFamilySamples> collect() {
    if (System.nanoTime() - lookedAt >= KEEP.toNanos()) {
      latest = look();
      lookedAt = System.nanoTime();
    }
    return latest;
  }

  private List<MetricFamilySamples> look() {
    List<MetricFamilySamples> found = new ArrayList<>();
    time(
            "parsec_backup_last_success_timestamp_seconds",
            "Date of the newest complete backup: the database's time at its snapshot.",
            () -> backups.catalog().latest().flatMap(Backup::snapshotAt))
        .ifPresent(found::add);
    time(
            "parsec_backup_last_verification_timestamp_seconds",
            "When a verification last came to its end, whether it found damage or not.",
            () -> lastEnd(JobKind.VERIFY))
        .ifPresent(found::add);
    time(
            "parsec_backup_last_drill_timestamp_seconds",
            "When a drill last came to its end, whether it found damage or not.",
            () -> lastEnd(JobKind.DRILL))
        .ifPresent(found::add);
    gauge(
            "parsec_backup_objects_missing",
            "Objects that the newest backup's dump refers to and that it lacks.",
            this::missing)
        .ifPresent(found::add);
    try {
      found.addAll(totals.count(backups.catalog()));
    } catch (IOException | RuntimeException e) {
      LOG.warnf("the totals of objects cannot be told: %s", e.getMessage());
    }
    return List.copyOf(found);
  }

  /** What is unreadable at the source is as lacking as what is not there. */
  private Optional<Double> missing() throws IOException {
    return backups.catalog().published().stream()
        .findFirst()
        .flatMap(Backup::objects)
        .map(objects -> (double) (objects.missing() + objects.failed()));
  }

  private Optional<Instant> lastEnd(JobKind kind) throws IOException {
    return JobHistory.of(jobs, kind)
        .newest(job -> job.state().isPublished())
        .flatMap(JobResult::finishedAt);
  }

  private static Optional<MetricFamilySamples> time(String name, String help, Fact<Instant> fact) {
    return gauge(name, help, () -> fact.look().map(at -> at.toEpochMilli() / 1e3));
  }

  /** What is not known: because it never was, or because the repository cannot be read now. */
  private static Optional<MetricFamilySamples> gauge(String name, String help, Fact<Double> fact) {
    try {
      return fact.look().map(value -> new GaugeMetricFamily(name, help, value));
    } catch (IOException | RuntimeException e) {
      LOG.warnf("%s cannot be told: %s", name, e.getMessage());
      return Optional.empty();
    }
  }

  /** Something that the repository knows. */
  private interface Fact<T> {
    Optional<T> look() throws IOException;
  }
}
