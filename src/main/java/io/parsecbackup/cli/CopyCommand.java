package io.parsecbackup.cli;

import io.parsecbackup.cli.output.Output;
import io.parsecbackup.copy.CopyService;
import io.parsecbackup.job.Trigger;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Updates the copies of the repository. */
@Command(
    name = "copy",
    description = {
      "Copies new backups and their objects to the places in parsec.backup.copies.",
      "Each copy is a whole repository: read it with --repository. After an interruption, run the"
          + " command again to finish."
    },
    mixinStandardHelpOptions = true)
public class CopyCommand implements Callable<Integer> {

  private final CopyService copies;

  @Mixin Output output;

  public CopyCommand(CopyService copies) {
    this.copies = copies;
  }

  @Override
  public Integer call() {
    return new JobOutput(output).run(copies.start(Trigger.CLI));
  }
}
