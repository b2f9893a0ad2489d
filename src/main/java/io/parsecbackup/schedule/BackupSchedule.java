package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.backup.Trigger;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Starts backups when {@link DuePolicy} says so. Quarkus's scheduler gives the beat; what is due is
 * worked out from the repository's runs, so that a restart, a missed time or a failed run are seen
 * alike by every beat.
 */
@ApplicationScoped
public class BackupSchedule {

  private static final Logger LOG = Logger.getLogger(BackupSchedule.class);
  private static final String BEAT = "2s";

  /**
   * How long a result is kept before the repository is looked at again: another process may have
   * taken a backup.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private static final int RUNS = 10;
  private static final String JOB = "backup-schedule";
  private static final Duration WATCH = Duration.ofSeconds(30);

  private final Backups backups;
  private final BackupConfig config;
  private final Clock clock;
  private final Scheduler scheduler;

  /** When this process began to keep the schedule; never later than the clock's time. */
  private volatile Instant serviceStart;

  /** Starts that failed before there was a run to record. */
  private final Deque<PastRun> failedStarts = new ConcurrentLinkedDeque<>();

  /** What the repository said when it could last be read. */
  private volatile History history = new History(List.of(), true);

  private final ScheduledExecutorService clockWatch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("clock-watch").factory());

  private volatile Instant seen = Instant.MIN;
  private Optional<Due> known = Optional.empty();
  private Instant lookedAt = Instant.MIN;

  /**
   * What the schedule goes on from.
   *
   * @param hasBackup also while that is not known: what cannot be read is not taken for empty
   */
  private record History(List<PastRun> runs, boolean hasBackup) {}

  public BackupSchedule(Backups backups, BackupConfig config, Clock clock, Scheduler scheduler) {
    this.backups = backups;
    this.config = config;
    this.clock = clock;
    this.scheduler = scheduler;
    this.serviceStart = clock.instant();
  }

  /**
   * The schedule that is configured.
   *
   * @throws Problem of kind CONFIGURATION when its text is wrong
   */
  public static Timetable timetable(BackupConfig config) {
    return Timetable.parse("parsec.backup.schedule", config.schedule(), config.timeZone());
  }

  /**
   * Begins to keep the schedule.
   *
   * @throws Problem when the schedule's text is wrong
   */
  public void start() {
    Timetable timetable = timetable(config);
    LOG.infof("schedule: %s", timetable);
    backups.settle();
    if (timetable instanceof Timetable.Off) {
      return;
    }
    this.seen = clock.instant();
    beatAlways();
    var unused =
        clockWatch.scheduleWithFixedDelay(
            this::watchClock, WATCH.toSeconds(), WATCH.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Quarkus's scheduler waits until the clock is past its last beat again. Where the clock was set
   * back by years that is never, so it begins anew then. This watch goes by elapsed time.
   */
  void watchClock() {
    Instant now = clock.instant();
    if (now.isBefore(seen)) {
      LOG.warnf(
          "the clock was set back, from %s or later to %s: the schedule goes by the new time",
          seen, now);
      scheduler.unscheduleJob(JOB);
      beatAlways();
    }
    seen = now;
  }

  private void beatAlways() {
    scheduler
        .newJob(JOB)
        .setInterval(BEAT)
        .setConcurrentExecution(ConcurrentExecution.SKIP)
        .setTask(execution -> beat())
        .schedule();
  }

  /** Starts a backup if one is due. */
  synchronized void beat() {
    Instant now = clock.instant();
    boolean comes = known.isPresent() && known.get().at().isAfter(now);
    if (comes && now.isBefore(lookedAt.plus(LOOK_AGAIN)) && !now.isBefore(lookedAt)) {
      return;
    }
    known = next();
    lookedAt = now;
    if (known.isPresent() && !known.get().at().isAfter(now) && backups.running().isEmpty()) {
      begin(known.get(), now);
      known = Optional.empty();
    }
  }

  private void begin(Due due, Instant now) {
    try {
      LOG.infof("a backup is due (%s)", due.reason());
      backups.startInBackground(Trigger.SCHEDULE);
    } catch (RuntimeException e) {
      // Whatever it was: unless it counts as a try, each beat would try again.
      LOG.errorf(
          e instanceof Problem ? null : e,
          "the scheduled backup could not begin: %s",
          e.getMessage());
      failedStarts.addFirst(new PastRun(now, now, PastRun.Outcome.FAILED, true));
      if (failedStarts.size() > RUNS) {
        failedStarts.removeLast();
      }
    }
  }

  /** When the next backup starts; empty while the schedule is off. */
  public Optional<Instant> nextRun() {
    return next().map(Due::at);
  }

  private Optional<Due> next() {
    try {
      // Only those: however many runs somebody else has started in vain, they hide none of these.
      List<PastRun> runs =
          backups.newest(RUNS, id -> true, BackupSchedule::concernsSchedule).stream()
              .map(BackupSchedule::pastRun)
              .toList();
      history = new History(runs, backups.catalog().hasBackup());
    } catch (IOException | RuntimeException e) {
      LOG.warnf("the schedule cannot read the repository's runs: %s", e.getMessage());
    }
    History past = history;
    List<PastRun> runs = new ArrayList<>(failedStarts);
    runs.addAll(past.runs());
    Instant now = clock.instant();
    if (now.isBefore(serviceStart)) {
      // The clock was set back. Once: a start that moved along with the clock would never be past.
      serviceStart = now;
    }
    return new DuePolicy(timetable(config)).next(now, serviceStart, runs, past.hasBackup());
  }

  private static boolean concernsSchedule(Backup backup) {
    return backup.trigger() == Trigger.SCHEDULE
        || backup.state().isPublished()
        || backup.state() == BackupState.RUNNING;
  }

  private static PastRun pastRun(Backup backup) {
    return new PastRun(
        backup.startedAt(),
        backup.finishedAt().orElse(backup.startedAt()),
        outcome(backup.state()),
        backup.trigger() == Trigger.SCHEDULE);
  }

  private static PastRun.Outcome outcome(BackupState state) {
    return switch (state) {
      case RUNNING -> PastRun.Outcome.RUNNING;
      case COMPLETE -> PastRun.Outcome.COMPLETE;
      case INCOMPLETE -> PastRun.Outcome.INCOMPLETE;
      case FAILED -> PastRun.Outcome.FAILED;
      case CANCELLED -> PastRun.Outcome.CANCELLED;
    };
  }

  /**
   * How old the newest complete backup is, by its date.
   *
   * @throws Problem when the repository cannot be read
   */
  public Freshness freshness() {
    Instant now = clock.instant();
    try {
      return Freshness.of(
          backups.catalog().latest().flatMap(Backup::snapshotAt),
          Freshness.maxAge(config.maxAge(), timetable(config), now),
          now);
    } catch (IOException | UncheckedIOException e) {
      throw new Problem(
          Problem.Kind.REPOSITORY, "the repository cannot be read: " + e.getMessage(), e);
    }
  }
}
