package io.parsecbackup.schedule;

import io.parsecbackup.schedule.DueRun.Reason;
import io.parsecbackup.schedule.PastRun.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides when a schedule starts its job next. It has no state: it uses only the timetable, the
 * clock and the last runs, so a restart does not change its decisions.
 *
 * <p>An <em>attempt</em> is a scheduled run, or any other run that published or proved a backup.
 * The schedule continues from the latest attempt:
 *
 * <ul>
 *   <li>The next regular time is the first one after the end of the latest attempt. Times that pass
 *       during an attempt are skipped. One run replaces all times that were missed.
 *   <li>A manual run that failed or was cancelled changes nothing. A manual run that published a
 *       backup replaces everything that was due before it, including retries.
 *   <li>A failed scheduled run is retried 5, 15 and 60 minutes after the end of the last attempt,
 *       unless a regular time comes first. A regular time starts a new count.
 * </ul>
 *
 * @param timetable the regular times; with {@code off} nothing is ever due
 */
public record DuePolicy(Timetable timetable) {

  private static final List<Duration> RETRY_AFTER =
      List.of(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(60));

  /**
   * The start of a run can be in the future if the clock was wrong. If it is further in the future
   * than this, the run is ignored; otherwise it delays the schedule by at most this.
   */
  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

  /**
   * The next run to start, empty only when the timetable is off.
   *
   * @param now the clock's time
   * @param serviceStart when the schedule started in this process
   * @param lastRuns about ten of the newest runs in any order, including the running one. They must
   *     include every attempt to start, even one that failed before it was recorded: otherwise it
   *     would be retried at once
   * @param hasBackup whether the first run can wait for a regular time: for backups, whether the
   *     repository contains one
   */
  public Optional<DueRun> next(
      Instant now, Instant serviceStart, List<PastRun> lastRuns, boolean hasBackup) {
    // After the clock was set back, the start of the service is in the future. Times within the
    // tolerance are due then; otherwise nothing would run until the clock has caught up.
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
        .filter(run -> run.scheduled() || run.outcome().done() || isRunning(run))
        .filter(run -> isRunning(run) || !run.startedAt().isAfter(trusted))
        .sorted(
            Comparator.comparing(DuePolicy::isRunning).thenComparing(PastRun::startedAt).reversed())
        .toList();
  }

  private static boolean isRunning(PastRun run) {
    return run.outcome() == Outcome.RUNNING;
  }

  private Optional<Instant> regularAfter(PastRun run, Instant now) {
    return timetable.next(run.startedAt(), end(run, now));
  }

  private static DueRun regular(Instant at, Instant since) {
    return at.isBefore(since) ? new DueRun(since, Reason.MISSED) : new DueRun(at, Reason.REGULAR);
  }

  /** The retry, if it comes before {@code regular}. */
  private Optional<DueRun> retry(List<PastRun> attempts, Instant now, Instant regular) {
    int failed = failuresInARow(attempts, now);
    if (failed == 0 || failed > RETRY_AFTER.size() || !regular.isAfter(now)) {
      return Optional.empty();
    }
    Instant at = end(attempts.getFirst(), now).plus(RETRY_AFTER.get(failed - 1));
    return at.isBefore(regular) ? Optional.of(new DueRun(at, Reason.RETRY)) : Optional.empty();
  }

  /** The number of attempts in a row that failed since the last regular time. */
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

  /** The end of a run; its start if the clock was changed during the run. */
  private static Instant end(PastRun run, Instant now) {
    if (isRunning(run)) {
      return now.isBefore(run.startedAt()) ? run.startedAt() : now;
    }
    boolean sound =
        !run.finishedAt().isBefore(run.startedAt())
            && !run.finishedAt().isAfter(now.plus(CLOCK_TOLERANCE));
    return sound ? run.finishedAt() : run.startedAt();
  }
}
