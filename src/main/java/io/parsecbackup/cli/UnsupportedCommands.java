package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.cli.output.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Commands that a later version will have. This version refuses them with an error. */
public final class UnsupportedCommands {

  private UnsupportedCommands() {}

  /** Refuses any arguments. */
  public abstract static class Unsupported implements Callable<Integer> {

    @Spec CommandSpec command;
    @Mixin Output output;
    @Unmatched List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      throw new Problem(
          Kind.NOT_SUPPORTED,
          "this version does not support '" + command.name() + "'. Nothing was changed");
    }
  }

  /** Will apply the retention rules. */
  @Command(
      name = "prune",
      description = "Not supported in this version.",
      mixinStandardHelpOptions = true)
  public static class Prune extends Unsupported {}
}
