package io.parsecbackup.job;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The recorded jobs of one kind.
 *
 * @param records where they are read
 */
public record JobHistory(Records records) {

  /**
   * Reads the newest records, newest first; fewer than {@code most} only if there are no more. Jobs
   * that run in this process are included.
   */
  @FunctionalInterface
  public interface Records {
    List<JobResult> newest(int most) throws IOException;
  }

  /** Read at first: the newest record usually answers the question. */
  private static final int FIRST_LOOK = 10;

  /** The newest jobs that match, newest first. Reads as many records as it needs to find them. */
  public List<JobResult> newest(int most, Predicate<JobResult> matches) throws IOException {
    for (int look = Math.max(most, FIRST_LOOK); ; look = Math.multiplyExact(look, 10)) {
      List<JobResult> all = records.newest(look);
      List<JobResult> found = all.stream().filter(matches).limit(most).toList();
      if (found.size() == most || all.size() < look) {
        return found;
      }
    }
  }

  /**
   * The newest job that shows something about the backups: one that has finished or failed. A
   * cancelled job shows nothing.
   */
  public Optional<JobResult> newestVerdict() throws IOException {
    return newest(job ->
        switch (job.state()) {
          case COMPLETE, INCOMPLETE, FAILED -> true;
          case RUNNING, CANCELLED -> false;
        });
  }

  /** The newest job that matches. */
  public Optional<JobResult> newest(Predicate<JobResult> matches) throws IOException {
    return newest(1, matches).stream().findFirst();
  }
}
