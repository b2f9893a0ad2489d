package io.parsecbackup.restore;

import io.parsecbackup.backup.JobResult;
import io.parsecbackup.backup.Trigger;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The records of one kind of job, and what can be looked for in them.
 *
 * @param records where they come from
 */
public record JobHistory(Records records) {

  /**
   * The newest records of a kind, newest first; fewer than {@code most} only if there are no more.
   */
  public interface Records {
    List<JobResult> newest(int most) throws IOException;
  }

  /** How many are looked at first: mostly the newest one will do. */
  private static final int FIRST_LOOK = 10;

  public static JobHistory of(Jobs jobs, JobKind kind) {
    return new JobHistory(most -> jobs.newest(kind, most));
  }

  /** Whether the schedule started it. */
  public static boolean isScheduled(JobResult job) {
    return job.trigger().stream().anyMatch(Trigger.SCHEDULE::equals);
  }

  /**
   * The newest that {@code concerns} lets pass, newest first. However many others there are, they
   * hide none of these.
   */
  public List<JobResult> newest(int most, Predicate<JobResult> concerns) throws IOException {
    for (int look = Math.max(most, FIRST_LOOK); ; look = Math.multiplyExact(look, 10)) {
      List<JobResult> all = records.newest(look);
      List<JobResult> found = all.stream().filter(concerns).limit(most).toList();
      if (found.size() == most || all.size() < look) {
        return found;
      }
    }
  }

  /**
   * The newest that says something of the backups: that came to its end, or failed. One that was
   * cancelled says nothing.
   */
  public Optional<JobResult> newestVerdict() throws IOException {
    return newest(job ->
        switch (job.state()) {
          case COMPLETE, INCOMPLETE, FAILED -> true;
          case RUNNING, CANCELLED -> false;
        });
  }

  /** The newest that {@code concerns} lets pass. */
  public Optional<JobResult> newest(Predicate<JobResult> concerns) throws IOException {
    return newest(1, concerns).stream().findFirst();
  }
}
