package io.parsecbackup.cli;

import io.parsecbackup.backup.Acceptance;
import io.parsecbackup.backup.LossAcceptance;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.job.Trigger;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Accepts permanent losses. */
@Command(
    name = "accept",
    description = {
      "Accepts the losses that a backup lists in its missing.txt: objects that the source has lost"
          + " for good. Later backups with no other missing objects are complete again, and say so.",
      "Every backup still requests an accepted object, and fetches it if it is back. A new"
          + " loss makes a backup incomplete again."
    },
    mixinStandardHelpOptions = true)
public class AcceptCommand implements Callable<Integer> {

  private final LossAcceptance losses;

  @Mixin Output output;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      description = "The backup's id. Default: the newest backup, complete or not.")
  Optional<String> id = Optional.empty();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "The reason; stored with the acceptance.")
  Optional<String> reason = Optional.empty();

  public AcceptCommand(LossAcceptance losses) {
    this.losses = losses;
  }

  @Override
  public Integer call() {
    Acceptance acceptance = losses.accept(id, reason, Trigger.CLI);
    if (output.isJson()) {
      output.document(acceptance);
    } else {
      output.line(text(acceptance));
    }
    return 0;
  }

  private static String text(Acceptance acceptance) {
    if (acceptance.id().isPresent()) {
      return "accepted: "
          + acceptance.objects()
          + (acceptance.objects() == 1 ? " loss" : " losses")
          + " of backup "
          + acceptance.backup()
          + ", named in accepted/"
          + acceptance.id().get()
          + ".tsv. Later backups with no other missing objects are complete: run 'backup'";
    }
    return acceptance.already() > 0
        ? "nothing to do: the losses of backup " + acceptance.backup() + " are already accepted"
        : "nothing to do: backup " + acceptance.backup() + " has no losses";
  }
}
