package io.parsecbackup.metrics;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.repository.RunId;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CounterMetricFamily;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of objects in all runs that the repository has a record of. A run that has ended is
 * read once: its record does not change any more, and ids only grow.
 */
final class ObjectTotals {

  private final Map<String, Long> objects = new TreeMap<>();
  private long bytes;
  private Optional<RunId> countedUpTo = Optional.empty();

  /** Adds the runs that have ended since, and tells the sums; nothing before the first run. */
  List<MetricFamilySamples> count(BackupCatalog catalog) throws IOException {
    NavigableSet<RunId> ids = catalog.ids().descendingSet();
    if (countedUpTo.isPresent() && !ids.contains(countedUpTo.get())) {
      // Another repository has taken its place.
      objects.clear();
      bytes = 0;
      countedUpTo = Optional.empty();
    }
    for (RunId id : ids) {
      if (countedUpTo.isPresent() && id.compareTo(countedUpTo.get()) <= 0) {
        continue;
      }
      Optional<Backup> run = catalog.find(id);
      if (run.isPresent() && run.get().state() == BackupState.RUNNING) {
        break;
      }
      run.flatMap(Backup::objects).ifPresent(this::add);
      countedUpTo = Optional.of(id);
    }
    if (objects.isEmpty()) {
      return List.of();
    }
    CounterMetricFamily outcomes =
        new CounterMetricFamily(
            "parsec_backup_objects",
            "Objects of all runs, by what became of them.",
            List.of("outcome"));
    objects.forEach((outcome, sum) -> outcomes.addMetric(List.of(outcome), sum));
    return List.of(
        outcomes,
        new CounterMetricFamily(
            "parsec_backup_object_bytes", "Bytes of objects that all runs have copied.", bytes));
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
}
