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
 * Which backups a caller wants to see.
 *
 * @param state only those in it
 * @param limit at most so many
 * @param before only those with a smaller id
 */
record Listing(Optional<JobState> state, int limit, Optional<RunId> before) {

  private static final int USUAL = 100;
  private static final int MOST = 1_000;

  /**
   * Reads a call's parameters.
   *
   * @throws BadRequest that says which one is wrong, and what would be right
   */
  static Listing of(Optional<String> state, Optional<String> limit, Optional<String> before) {
    return new Listing(
        state.map(Listing::state),
        limit.map(Listing::limit).orElse(USUAL),
        before.map(Listing::before));
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
        "state is '" + word + "': it has to be running, complete, incomplete, failed or cancelled");
  }

  private static int limit(String text) {
    if (text.matches("[0-9]{1,4}")) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    }
    throw new BadRequest("limit is '" + text + "': it has to be a number from 1 to " + MOST);
  }

  private static RunId before(String text) {
    return RunId.parse(text)
        .orElseThrow(() ->
            new BadRequest(
                "before is '" + text + "': it has to be a backup's id, as 20261122T020000Z"));
  }
}
