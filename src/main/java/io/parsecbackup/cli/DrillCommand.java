package io.parsecbackup.cli;

import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Restores a dump into a scratch database. */
@Command(
    name = "drill",
    description =
        "Restores a backup's dump into a scratch database, checks it against the backup, and drops"
            + " the database.",
    mixinStandardHelpOptions = true)
public class DrillCommand implements Callable<Integer> {

  private final JobService jobs;
  private final RepositorySettings settings;

  @Mixin Output output;
  @Mixin RepositoryOption repository;
  @Mixin BackupId id;

  public DrillCommand(JobService jobs, RepositorySettings settings) {
    this.jobs = jobs;
    this.settings = settings;
  }

  @Override
  public Integer call() {
    return new JobOutput(output)
        .run(jobs.in(repository.select(settings)).drill(id.text, Trigger.CLI));
  }
}
