package io.parsecbackup.schedule;

import io.parsecbackup.backup.JobResult;
import io.parsecbackup.backup.Trigger;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * The records of one kind of job, as its schedule has to know them.
 *
 * @param records where they come from
 */
record JobRuns(Records records) {

  /** The newest records of a kind, newest first. */
  interface Records {
    List<JobResult> newest(int most) throws IOException;
  }

  static boolean isScheduled(JobResult run) {
    return run.trigger().stream().anyMatch(Trigger.SCHEDULE::equals);
  }

  /**
   * The newest that {@code concerns} lets pass, newest first. However many others there are, they
   * hide none of these.
   */
  List<JobResult> newest(int most, Predicate<JobResult> concerns) throws IOException {
    for (int look = most; ; look = Math.multiplyExact(look, 10)) {
      List<JobResult> all = records.newest(look);
      List<JobResult> found = all.stream().filter(concerns).limit(most).toList();
      if (found.size() == most || all.size() < look) {
        return found;
      }
    }
  }

  static PastRun pastRun(JobResult run) {
    return new PastRun(
        run.startedAt(),
        run.finishedAt().orElse(run.startedAt()),
        PastRun.Outcome.of(run.state()),
        isScheduled(run));
  }
}
