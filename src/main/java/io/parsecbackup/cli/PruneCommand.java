package io.parsecbackup.cli;

import io.parsecbackup.cli.output.Output;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.retention.PruneService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Applies the retention rules. */
@Command(
    name = "prune",
    description = {
      "Applies the retention rules: removes backups that no rule keeps.",
      "The newest complete backup always stays. This also runs after each complete backup."
    },
    mixinStandardHelpOptions = true)
public class PruneCommand implements Callable<Integer> {

  private final PruneService prunes;

  @Mixin Output output;

  @Option(
      names = "--dry-run",
      description = "Only show which backups would be kept and removed, and by which rule.")
  boolean dryRun;

  public PruneCommand(PruneService prunes) {
    this.prunes = prunes;
  }

  @Override
  public Integer call() {
    return new JobOutput(output).run(prunes.start(dryRun, Trigger.CLI));
  }
}
