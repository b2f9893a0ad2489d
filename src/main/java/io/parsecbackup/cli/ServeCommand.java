package io.parsecbackup.cli;

import io.parsecbackup.api.ApiStartCheck;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.cli.settings.StartupCheck;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.schedule.ScheduleService;
import io.quarkus.runtime.Quarkus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the sidecar. */
@Command(
    name = "serve",
    description = "Runs as a service: schedule, REST API and probes.",
    mixinStandardHelpOptions = true)
public class ServeCommand implements Callable<Integer> {

  private final StartupCheck check;
  private final ApiStartCheck api;
  private final ScheduleService schedules;
  private final JobRunner jobs;

  /** The service prints nothing to stdout, but a failed start does. */
  @Mixin Output output;

  public ServeCommand(
      StartupCheck check, ApiStartCheck api, ScheduleService schedules, JobRunner jobs) {
    this.check = check;
    this.api = api;
    this.schedules = schedules;
    this.jobs = jobs;
  }

  @Override
  public Integer call() {
    // Again: a starting native Quarkus may replace the handler that main set.
    InterruptHandler.onSignal(Quarkus::asyncExit);
    // Quarkus loses a signal that arrives before it starts.
    if (InterruptHandler.hasArrived()) {
      return 0;
    }
    check.run();
    api.run();
    schedules.start();
    Quarkus.waitForExit();
    // Now, because Quarkus first waits for open requests, such as those that follow this backup.
    jobs.stop();
    return 0;
  }
}
