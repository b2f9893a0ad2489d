package io.parsecbackup.cli;

import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Subset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Verifies a backup. */
@Command(
    name = "verify",
    description = "Reads a backup's dump and objects back and checks their digests.",
    mixinStandardHelpOptions = true)
public class VerifyCommand implements Callable<Integer> {

  private final JobService jobs;
  private final RepositorySettings settings;

  @Mixin Output output;
  @Mixin RepositoryOption repository;
  @Mixin BackupId id;

  @Option(
      names = "--subset",
      paramLabel = "n/t",
      defaultValue = "1/1",
      description = "Check only the n-th of t parts of the objects; t runs check all.")
  String subset;

  public VerifyCommand(JobService jobs, RepositorySettings settings) {
    this.jobs = jobs;
    this.settings = settings;
  }

  @Override
  public Integer call() {
    return new JobOutput(output)
        .run(
            jobs.in(repository.select(settings))
                .verification(id.text, Subset.parse("--subset", subset), Trigger.CLI));
  }
}
