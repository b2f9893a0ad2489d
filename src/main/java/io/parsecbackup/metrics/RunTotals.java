package io.parsecbackup.metrics;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CounterMetricFamily;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sums over all recorded runs. A finished run is read once, because its record does not change and
 * ids only grow. All series start at 0, because Prometheus sees no increase in a series that starts
 * at 1.
 */
final class RunTotals {

  private static final List<String> OUTCOMES =
      List.of("copied", "skipped", "missing", "failed", "refused", "conflict");

  private record Kind(String state, String trigger) {}

  private final Map<Kind, Long> runs = new TreeMap<>(RunTotals::compare);
  private final Map<String, Long> objects = new TreeMap<>();
  private long bytes;
  private Optional<RunId> countedUpTo = Optional.empty();

  RunTotals() {
    clear();
  }

  private void clear() {
    for (JobState state : JobState.values()) {
      for (Trigger trigger : Trigger.values()) {
        if (state != JobState.RUNNING) {
          runs.put(new Kind(state.word(), trigger.word()), 0L);
        }
      }
    }
    OUTCOMES.forEach(outcome -> objects.put(outcome, 0L));
    bytes = 0;
    countedUpTo = Optional.empty();
  }

  /** Adds the runs that have finished since the last call, and returns the sums. */
  List<MetricFamilySamples> count(BackupCatalog catalog) throws IOException {
    NavigableSet<RunId> ids = catalog.runIds().descendingSet();
    if (countedUpTo.isPresent() && !ids.contains(countedUpTo.get())) {
      // The repository has been replaced by another one.
      clear();
    }
    for (RunId id : ids) {
      if (countedUpTo.isPresent() && id.compareTo(countedUpTo.get()) <= 0) {
        continue;
      }
      Optional<Backup> run = catalog.run(id);
      if (run.isPresent() && run.get().state() == JobState.RUNNING) {
        break;
      }
      run.ifPresent(this::add);
      countedUpTo = Optional.of(id);
    }
    return families();
  }

  private void add(Backup run) {
    runs.merge(new Kind(run.state().word(), run.trigger().word()), 1L, Long::sum);
    run.objects().ifPresent(this::add);
  }

  private void add(Backup.ObjectCounts counts) {
    objects.merge("copied", counts.copied(), Long::sum);
    objects.merge("skipped", counts.skipped(), Long::sum);
    objects.merge("missing", counts.missing(), Long::sum);
    objects.merge("failed", counts.failed(), Long::sum);
    objects.merge("refused", counts.refused(), Long::sum);
    objects.merge("conflict", counts.conflicts(), Long::sum);
    bytes += counts.copiedBytes();
  }

  private List<MetricFamilySamples> families() {
    CounterMetricFamily ended =
        new CounterMetricFamily(
            "parsec_backup_runs",
            "Finished runs, by state and trigger.",
            List.of("state", "trigger"));
    runs.forEach((kind, sum) -> ended.addMetric(List.of(kind.state(), kind.trigger()), sum));
    CounterMetricFamily outcomes =
        new CounterMetricFamily(
            "parsec_backup_objects", "Objects of all runs, by outcome.", List.of("outcome"));
    objects.forEach((outcome, sum) -> outcomes.addMetric(List.of(outcome), sum));
    return List.of(
        ended,
        outcomes,
        new CounterMetricFamily(
            "parsec_backup_object_bytes", "Bytes of the objects copied by all runs.", bytes));
  }

  private static int compare(Kind a, Kind b) {
    int states = a.state().compareTo(b.state());
    return states != 0 ? states : a.trigger().compareTo(b.trigger());
  }
}
