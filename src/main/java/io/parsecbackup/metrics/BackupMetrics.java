package io.parsecbackup.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.restore.Jobs;
import io.parsecbackup.schedule.BackupSchedule;
import io.prometheus.client.Collector;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that Prometheus is told; {@code docs/metrics.md} lists it. Read from the repository when it
 * asks, so that it is right after a restart; of what is not known there is no metric.
 */
@Singleton
final class BackupMetrics extends Collector implements Collector.Describable {

  /** For whoever asks for it all the time. */
  private static final Duration KEEP = Duration.ofSeconds(5);

  private final Backups backups;
  private final BackupGauges newest;
  private final ProofGauges proofs;
  private final RunTotals totals = new RunTotals();
  private List<MetricFamilySamples> latest = List.of();
  private long lookedAt;

  BackupMetrics(Backups backups, Jobs jobs, BackupSchedule schedule) {
    this.backups = backups;
    this.newest = new BackupGauges(backups, schedule);
    this.proofs = new ProofGauges(jobs);
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
    List<MetricFamilySamples> found = new ArrayList<>(newest.families());
    found.addAll(proofs.families());
    Gauges.ask("sums over all runs", () -> Optional.of(totals.count(backups.catalog())))
        .ifPresent(found::addAll);
    return List.copyOf(found);
  }
}
