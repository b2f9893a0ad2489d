package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.quarkus.scheduler.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Lets a schedule check every two seconds whether its job is due, however the clock is set. */
final class ScheduleTicker {

  private static final Logger LOG = Logger.getLogger(ScheduleTicker.class);
  private static final String INTERVAL = "2s";
  private static final Duration WATCH = Duration.ofSeconds(30);

  private final JobSchedule schedule;
  private final String name;
  private final Clock clock;
  private final Scheduler scheduler;

  private final ScheduledExecutorService clockWatch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("clock-watch").factory());

  private volatile Instant seen = Instant.MIN;

  ScheduleTicker(JobSchedule schedule, Clock clock, Scheduler scheduler) {
    this.schedule = schedule;
    this.name = schedule.name() + "-schedule";
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /**
   * Starts, unless the schedule is off.
   *
   * @throws Problem of kind CONFIGURATION when the setting is wrong
   */
  void start() {
    Timetable timetable = schedule.timetable();
    LOG.infof("%s: %s", name, timetable);
    if (timetable instanceof Timetable.Off) {
      return;
    }
    this.seen = clock.instant();
    tickAlways();
    var unused =
        clockWatch.scheduleWithFixedDelay(
            this::watchClock, WATCH.toSeconds(), WATCH.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Quarkus's scheduler waits until the clock is past its last tick. If the clock was set back by
   * years, that never happens, so the job is scheduled again. This watch uses elapsed time.
   */
  void watchClock() {
    Instant now = clock.instant();
    if (now.isBefore(seen)) {
      LOG.warnf(
          "%s: the clock was set back from %s or later to %s; the schedule now uses the new time",
          name, seen, now);
      scheduler.unscheduleJob(name);
      tickAlways();
    }
    seen = now;
  }

  private void tickAlways() {
    scheduler
        .newJob(name)
        .setInterval(INTERVAL)
        .setConcurrentExecution(ConcurrentExecution.SKIP)
        .setTask(execution -> schedule.tick())
        .schedule();
  }
}
