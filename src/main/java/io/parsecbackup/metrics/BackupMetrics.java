package io.parsecbackup.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.parsecbackup.BoundedRead;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.schedule.BackupFreshness;
import io.parsecbackup.schedule.CopyFreshness;
import io.prometheus.client.Collector;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All metrics of this program; {@code docs/metrics.md} lists them. Each scrape reads them from the
 * repository, so they are correct after a restart. An unknown value has no metric, which
 * Micrometer's own meters cannot express: {@code
 * docs/decisions/0016-metrics-through-a-collector.md}.
 */
@Singleton
final class BackupMetrics extends Collector implements Collector.Describable {

  /** Results are reused for frequent scrapes; the scrape timeout of Prometheus is ten seconds. */
  private static final BoundedRead.Times TIMES =
      new BoundedRead.Times(Duration.ofSeconds(5), Duration.ofSeconds(5));

  private final BackupService backups;
  private final BackupGauges newest;
  private final ProofGauges proofs;
  private final CopyGauges copies;
  private final RunTotals totals = new RunTotals();
  private final BoundedRead<List<MetricFamilySamples>> read;

  @Inject
  BackupMetrics(
      BackupService backups, JobService jobs, BackupFreshness freshness, CopyFreshness copies) {
    this(backups, jobs, freshness, copies, TIMES);
  }

  BackupMetrics(
      BackupService backups,
      JobService jobs,
      BackupFreshness freshness,
      CopyFreshness copies,
      BoundedRead.Times times) {
    this.backups = backups;
    this.newest = new BackupGauges(backups, freshness);
    this.proofs = new ProofGauges(jobs);
    this.copies = new CopyGauges(jobs, copies);
    this.read = new BoundedRead<>("metrics", times, this::readAll);
  }

  void register(@Observes StartupEvent start, PrometheusMeterRegistry registry) {
    registry.getPrometheusRegistry().register(this);
  }

  /**
   * Without this the registry would collect all metrics at the start, even of a one-shot command.
   */
  @Override
  public List<MetricFamilySamples> describe() {
    return List.of();
  }

  /** While the repository does not answer: the last known metrics, and their age. */
  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> all = new ArrayList<>();
    Gauges silence = new Gauges();
    Gauges.read("metrics", () -> Optional.of(read.get()))
        .ifPresent(known -> {
          all.addAll(known.value());
          silence.value(
              "parsec_backup_repository_unanswered_seconds",
              "Age of these metrics while the repository does not answer.",
              known.late() ? Optional.of(known.age().toSeconds()) : Optional.empty());
        });
    all.addAll(silence.families());
    all.addAll(newest.staleness());
    all.addAll(copies.staleness());
    return all;
  }

  private List<MetricFamilySamples> readAll() {
    List<MetricFamilySamples> found = new ArrayList<>(newest.families());
    found.addAll(proofs.families());
    found.addAll(copies.families());
    Gauges.read("sums over all runs", () -> Optional.of(totals.count(backups.catalog())))
        .ifPresent(found::addAll);
    return List.copyOf(found);
  }
}
