package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import io.quarkus.arc.All;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The schedules of all kinds of jobs that have one. */
@ApplicationScoped
public class ScheduleService {

  private final List<ScheduledJob> jobs;
  private final List<JobSchedule> schedules;
  private final Clock clock;
  private final Scheduler scheduler;

  public ScheduleService(@All List<ScheduledJob> jobs, Clock clock, Scheduler scheduler) {
    this.jobs = jobs;
    this.schedules = jobs.stream().map(job -> new JobSchedule(job, clock)).toList();
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /**
   * Starts all schedules that are not off.
   *
   * @throws Problem of kind CONFIGURATION when a setting is wrong
   */
  public void start() {
    jobs.forEach(ScheduledJob::prepare);
    schedules.forEach(schedule -> new ScheduleTicker(schedule, clock, scheduler).start());
  }

  /** When the next backup starts; empty while the schedule is off. */
  public Optional<Instant> nextBackup() {
    return schedules.stream()
        .filter(schedule -> schedule.name().equals(ScheduledBackup.NAME))
        .findFirst()
        .flatMap(JobSchedule::nextRun);
  }
}
