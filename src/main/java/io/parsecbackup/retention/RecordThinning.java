package io.parsecbackup.retention;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Removes old records of runs and jobs. The records of kept backups, those of the last 400 days and
 * the newest 100 of each kind stay: schedules, metrics and the history need no older ones.
 */
record RecordThinning(Repository repository, Cancellation cancellation) {

  private static final Duration YOUNG = Duration.ofDays(400);
  private static final int NEWEST = 100;

  void thin(Instant now, boolean dryRun, PruneCounts counts) throws IOException {
    Instant oldest = now.minus(YOUNG);
    Set<RunId> kept = new HashSet<>(repository.published().ids());
    List<RunId> runs = repository.runs().ids();
    for (RunId id : runs.subList(0, Math.max(0, runs.size() - NEWEST))) {
      if (id.instant().isBefore(oldest) && !kept.contains(id)) {
        remove(Layout.run(id), dryRun, counts);
      }
    }
    Map<String, Integer> newer = new HashMap<>();
    for (CheckRecords.Name name : repository.checks().names()) {
      if (newer.merge(name.kind(), 1, Integer::sum) > NEWEST
          && name.id().instant().isBefore(oldest)) {
        remove(Layout.check(name.id(), name.kind()), dryRun, counts);
      }
    }
  }

  private void remove(String file, boolean dryRun, PruneCounts counts) throws IOException {
    cancellation.throwIfCancelled();
    try {
      if (!dryRun) {
        repository.storage().delete(file);
      }
      counts.record();
    } catch (DeletionRefusedException e) {
      counts.refused(1);
    }
  }
}
