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

/** Accepts losses that are final. */
@Command(
    name = "accept",
    description = {
      "Accepts the losses that a backup names in its missing.txt: objects that the source lost for"
          + " good. Later backups that lack nothing else are complete again, and say so.",
      "An accepted object is still asked for by every backup, and fetched when it comes back. A new"
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
      description = "Why, in your own words; kept with the acceptance.")
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
          + ".tsv. Later backups that lack nothing else are complete: run 'backup'";
    }
    return acceptance.already() > 0
        ? "nothing to do: the losses of backup " + acceptance.backup() + " are accepted already"
        : "nothing to do: backup " + acceptance.backup() + " names no loss";
  }
}
