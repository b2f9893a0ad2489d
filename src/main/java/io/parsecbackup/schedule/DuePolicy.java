package io.parsecbackup.schedule;

import io.parsecbackup.schedule.DueRun.Reason;
import io.parsecbackup.schedule.PastRun.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides when a schedule starts its job next. It remembers nothing: what it knows is the
 * timetable, the clock and the last runs, so that it decides alike before and after a restart.
 *
 * <p>An <em>attempt</em> is a scheduled run, or another one that published a backup (or proved
 * one). The latest attempt is what the schedule goes on from:
 *
 * <ul>
 *   <li>The next regular time is the first one after the latest attempt's end: what fell due while
 *       it was going is not made up, and of many missed times only one is.
 *   <li>A manual run that failed or was cancelled changes nothing; one that published settles what
 *       was due before it, failed runs too.
 *   <li>A scheduled run that failed is repeated 5, 15 and 60 minutes after the end of the last try,
 *       unless a regular time comes first: with it, the count begins anew.
 * </ul>
 *
 * @param timetable the regular times; with {@code off} nothing is ever due
 */
public record DuePolicy(Timetable timetable) {

  private static final List<Duration> RETRY_AFTER =
      List.of(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(60));

  /**
   * A run dated further ahead than this was dated by a wrong clock and does not count; one nearer
   * delays the schedule by no more than this.
   */
  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

  /**
   * The next run to start, empty only when the timetable is off.
   *
   * @param now the clock's time
   * @param serviceStart when this process began to keep the schedule
   * @param lastRuns the newest runs in any order, some ten of them, the one going now included.
   *     Every start that was tried must be among them, also one that failed before anything could
   *     be written down: else it is tried again at once
   * @param hasBackup whether the first run can wait for a regular time: for backups, whether the
   *     repository holds one
   */
  public Optional<DueRun> next(
      Instant now, Instant serviceStart, List<PastRun> lastRuns, boolean hasBackup) {
    // After the clock was set back the service seems to start in the future. What fell due within
    // the tolerance is done then, rather than nothing until the clock has caught up.
    Instant since = serviceStart.isAfter(now) ? now.minus(CLOCK_TOLERANCE) : serviceStart;
    List<PastRun> attempts = attempts(now, lastRuns);
    if (attempts.isEmpty()) {
      return timetable
          .next(since)
          .map(at -> hasBackup ? new DueRun(at, Reason.REGULAR) : new DueRun(since, Reason.FIRST));
    }
    PastRun latest = attempts.getFirst();
    return regularAfter(latest, now)
        .map(at -> retry(attempts, now, at).orElseGet(() -> regular(at, since)));
  }

  private static List<PastRun> attempts(Instant now, List<PastRun> lastRuns) {
    Instant trusted = now.plus(CLOCK_TOLERANCE);
    return lastRuns.stream()
        .filter(run -> run.scheduled() || run.outcome().done() || going(run))
        .filter(run -> going(run) || !run.startedAt().isAfter(trusted))
        .sorted(Comparator.comparing(DuePolicy::going).thenComparing(PastRun::startedAt).reversed())
        .toList();
  }

  private static boolean going(PastRun run) {
    return run.outcome() == Outcome.RUNNING;
  }

  private Optional<Instant> regularAfter(PastRun run, Instant now) {
    return timetable.next(run.startedAt(), end(run, now));
  }

  private static DueRun regular(Instant at, Instant since) {
    return at.isBefore(since) ? new DueRun(since, Reason.MISSED) : new DueRun(at, Reason.REGULAR);
  }

  /** The retry that comes before {@code regular}, if one does. */
  private Optional<DueRun> retry(List<PastRun> attempts, Instant now, Instant regular) {
    int failed = failuresInARow(attempts, now);
    if (failed == 0 || failed > RETRY_AFTER.size() || !regular.isAfter(now)) {
      return Optional.empty();
    }
    Instant at = end(attempts.getFirst(), now).plus(RETRY_AFTER.get(failed - 1));
    return at.isBefore(regular) ? Optional.of(new DueRun(at, Reason.RETRY)) : Optional.empty();
  }

  /** The length of the latest chain: attempts that failed since the last regular time began one. */
  private int failuresInARow(List<PastRun> attempts, Instant now) {
    int failed = 0;
    for (PastRun run : attempts) {
      if (run.outcome() != Outcome.FAILED) {
        break;
      }
      if (failed > 0 && !isRetryOf(run, attempts.get(failed - 1), now)) {
        break;
      }
      failed++;
    }
    return failed;
  }

  private boolean isRetryOf(PastRun earlier, PastRun later, Instant now) {
    return regularAfter(earlier, now).stream().anyMatch(later.startedAt()::isBefore);
  }

  /** A run's end; where the clock was set in between, its start is the best we have. */
  private static Instant end(PastRun run, Instant now) {
    if (going(run)) {
      return now.isBefore(run.startedAt()) ? run.startedAt() : now;
    }
    boolean sound =
        !run.finishedAt().isBefore(run.startedAt())
            && !run.finishedAt().isAfter(now.plus(CLOCK_TOLERANCE));
    return sound ? run.finishedAt() : run.startedAt();
  }
}
