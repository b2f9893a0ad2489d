package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jboss.logging.Logger;

/**
 * Starts a job when {@link DuePolicy} says so. Every tick reads from the repository's records what
 * is due, so a restart, a missed time and a failed run need no memory of their own.
 */
final class JobSchedule {

  private static final Logger LOG = Logger.getLogger(JobSchedule.class);

  /**
   * How long a result is kept before the repository is read again: another process may have run the
   * job.
   */
  private static final Duration RECHECK_AFTER = Duration.ofMinutes(1);

  private static final int RUNS = 10;

  private final ScheduledJob job;
  private final Clock clock;

  /** When this schedule started; never later than the clock's time. */
  private volatile Instant serviceStart;

  /** Starts without a record: they failed too early, or there was nothing to work on. */
  private final Deque<PastRun> unrecorded = new ConcurrentLinkedDeque<>();

  /** The last start, which may have no record yet. */
  private volatile Optional<Instant> begun = Optional.empty();

  /** What the repository contained when it could last be read. */
  private volatile History history = new History(List.of(), true);

  private Optional<DueRun> known = Optional.empty();
  private Instant checkedAt = Instant.MIN;

  /**
   * The past, as far as the schedule needs it.
   *
   * @param waitsForFirst also true while it is not known: a repository that cannot be read is not
   *     taken to be empty
   */
  private record History(List<PastRun> runs, boolean waitsForFirst) {}

  JobSchedule(ScheduledJob job, Clock clock) {
    this.job = job;
    this.clock = clock;
    this.serviceStart = clock.instant();
  }

  /** See {@link ScheduledJob#name}. */
  String name() {
    return job.name();
  }

  /** See {@link ScheduledJob#timetable}. */
  Timetable timetable() {
    return job.timetable();
  }

  /** Starts the job if it is due. */
  synchronized void tick() {
    Instant now = clock.instant();
    boolean isLater = known.isPresent() && known.get().at().isAfter(now);
    if (isLater
        && !job.hasNews()
        && now.isBefore(checkedAt.plus(RECHECK_AFTER))
        && !now.isBefore(checkedAt)) {
      return;
    }
    known = next();
    checkedAt = now;
    if (known.isPresent() && !known.get().at().isAfter(now) && !job.isRunning()) {
      begin(known.get(), now);
      known = Optional.empty();
    }
  }

  private void begin(DueRun due, Instant now) {
    try {
      LOG.infof("schedule of %s: due (%s)", job.name(), due.reason());
      lost(history.runs()).ifPresent(this::remember);
      begun = Optional.empty();
      job.start();
      begun = Optional.of(now);
    } catch (RuntimeException e) {
      // Every failure counts as a try, or each tick would try again.
      if (e instanceof Problem problem && problem.kind() == Problem.Kind.NOT_FOUND) {
        LOG.infof("schedule of %s: skipped: %s", job.name(), e.getMessage());
        remember(new PastRun(now, now, PastRun.Outcome.SKIPPED, true));
      } else {
        LOG.errorf(
            e instanceof Problem ? null : e,
            "schedule of %s: the job cannot start: %s",
            job.name(),
            e.getMessage());
        remember(failed(now));
      }
    }
  }

  /**
   * The last start, if it has no record. A run that could not record its end, for example on a full
   * disk, would otherwise be due again at once, again and again.
   */
  private Optional<PastRun> lost(List<PastRun> records) {
    return begun
        .filter(at -> records.stream().noneMatch(run -> !run.startedAt().isBefore(second(at))))
        .map(JobSchedule::failed);
  }

  /** Records may keep whole seconds only. */
  private static Instant second(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  private static PastRun failed(Instant at) {
    return new PastRun(at, at, PastRun.Outcome.FAILED, true);
  }

  private void remember(PastRun run) {
    unrecorded.addFirst(run);
    if (unrecorded.size() > RUNS) {
      unrecorded.removeLast();
    }
  }

  /** When the job starts next; empty while the schedule is off. */
  Optional<Instant> nextRun() {
    return next().map(DueRun::at);
  }

  private Optional<DueRun> next() {
    try {
      history = new History(job.newest(RUNS), job.waitsForFirst());
    } catch (IOException | RuntimeException e) {
      LOG.warnf(
          "schedule of %s: the records of past runs cannot be read: %s",
          job.name(), e.getMessage());
    }
    History past = history;
    List<PastRun> runs = new ArrayList<>(unrecorded);
    runs.addAll(past.runs());
    lost(past.runs()).ifPresent(runs::add);
    Instant now = clock.instant();
    if (now.isBefore(serviceStart)) {
      // The clock was set back. Only once: a start that moves with the clock is never in the past.
      serviceStart = now;
    }
    return new DuePolicy(job.timetable()).next(now, serviceStart, runs, past.waitsForFirst());
  }
}
