package io.parsecbackup.api;

import io.parsecbackup.api.problem.BadRequest;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The filter of a call that lists backups.
 *
 * @param state only backups in this state
 * @param limit the maximum number of backups
 * @param before only backups with a smaller id
 */
record BackupFilter(Optional<JobState> state, int limit, Optional<RunId> before) {

  private static final int USUAL = 100;
  private static final int MOST = 1_000;

  /**
   * Reads the parameters of a call.
   *
   * @throws BadRequest that names the invalid parameter and the expected values
   */
  static BackupFilter of(Optional<String> state, Optional<String> limit, Optional<String> before) {
    return new BackupFilter(
        state.map(BackupFilter::state),
        limit.map(BackupFilter::limit).orElse(USUAL),
        before.map(BackupFilter::before));
  }

  List<Backup> from(BackupService backups) throws IOException {
    return backups.newest(
        limit,
        id -> before.isEmpty() || id.compareTo(before.get()) < 0,
        backup -> state.isEmpty() || state.get() == backup.state());
  }

  private static JobState state(String word) {
    for (JobState state : JobState.values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new BadRequest(
        "state is '" + word + "'; expected running, complete, incomplete, failed or cancelled");
  }

  private static int limit(String text) {
    if (text.matches("[0-9]{1,4}")) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    }
    throw new BadRequest("limit is '" + text + "'; expected a number from 1 to " + MOST);
  }

  private static RunId before(String text) {
    return RunId.parse(text)
        .orElseThrow(() ->
            new BadRequest(
                "before is '" + text + "'; expected the id of a backup, such as 20261122T020000Z"));
  }
}
