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
 * Starts a job when {@link DuePolicy} says so. A {@link Beat} has it look; what is due is worked
 * out from the repository's records, so that a restart, a missed time or a failed run are seen
 * alike by every beat.
 */
final class JobSchedule {

  private static final Logger LOG = Logger.getLogger(JobSchedule.class);

  /**
   * How long a result is kept before the repository is looked at again: another process may have
   * run the job.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private static final int RUNS = 10;

  private final Scheduled job;
  private final Clock clock;

  /** When this process began to keep the schedule; never later than the clock's time. */
  private volatile Instant serviceStart;

  /** Starts of which there is no record: they failed before, or had nothing to begin with. */
  private final Deque<PastRun> unrecorded = new ConcurrentLinkedDeque<>();

  /** The last start, while it may still be without a record. */
  private volatile Optional<Instant> begun = Optional.empty();

  /** What the repository said when it could last be read. */
  private volatile History history = new History(List.of(), true);

  private Optional<Due> known = Optional.empty();
  private Instant lookedAt = Instant.MIN;

  /**
   * What the schedule goes on from.
   *
   * @param waitsForFirst also while that is not known: what cannot be read is not taken for empty
   */
  private record History(List<PastRun> runs, boolean waitsForFirst) {}

  JobSchedule(Scheduled job, Clock clock) {
    this.job = job;
    this.clock = clock;
    this.serviceStart = clock.instant();
  }

  /** See {@link Scheduled#name}. */
  String name() {
    return job.name();
  }

  /** See {@link Scheduled#timetable}. */
  Timetable timetable() {
    return job.timetable();
  }

  /** Starts the job if it is due. */
  synchronized void beat() {
    Instant now = clock.instant();
    boolean comes = known.isPresent() && known.get().at().isAfter(now);
    if (comes && now.isBefore(lookedAt.plus(LOOK_AGAIN)) && !now.isBefore(lookedAt)) {
      return;
    }
    known = next();
    lookedAt = now;
    if (known.isPresent() && !known.get().at().isAfter(now) && !job.isRunning()) {
      begin(known.get(), now);
      known = Optional.empty();
    }
  }

  private void begin(Due due, Instant now) {
    try {
      LOG.infof("schedule of %s: due (%s)", job.name(), due.reason());
      lost(history.runs()).ifPresent(this::remember);
      begun = Optional.empty();
      job.start();
      begun = Optional.of(now);
    } catch (RuntimeException e) {
      // Whatever it was: unless it counts as a try, each beat would try again.
      if (e instanceof Problem problem && problem.kind() == Problem.Kind.NOT_FOUND) {
        LOG.infof("schedule of %s: passed over: %s", job.name(), e.getMessage());
        remember(new PastRun(now, now, PastRun.Outcome.PASSED_OVER, true));
      } else {
        LOG.errorf(
            e instanceof Problem ? null : e,
            "schedule of %s: it could not begin: %s",
            job.name(),
            e.getMessage());
        remember(failed(now));
      }
    }
  }

  /**
   * The last start, if no record tells of it: a run that could not write down how it ended, on a
   * full disk say, would else be due again at once, and again.
   */
  private Optional<PastRun> lost(List<PastRun> records) {
    return begun
        .filter(at -> records.stream().noneMatch(run -> !run.startedAt().isBefore(second(at))))
        .map(JobSchedule::failed);
  }

  /** Of a record's times the fraction may be lost. */
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
    return next().map(Due::at);
  }

  private Optional<Due> next() {
    try {
      history = new History(job.newest(RUNS), job.waitsForFirst());
    } catch (IOException | RuntimeException e) {
      LOG.warnf("schedule of %s: the past runs cannot be read: %s", job.name(), e.getMessage());
    }
    History past = history;
    List<PastRun> runs = new ArrayList<>(unrecorded);
    runs.addAll(past.runs());
    lost(past.runs()).ifPresent(runs::add);
    Instant now = clock.instant();
    if (now.isBefore(serviceStart)) {
      // The clock was set back. Once: a start that moved along with the clock would never be past.
      serviceStart = now;
    }
    return new DuePolicy(job.timetable()).next(now, serviceStart, runs, past.waitsForFirst());
  }
}
