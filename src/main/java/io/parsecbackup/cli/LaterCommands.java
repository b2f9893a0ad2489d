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

/**
 * Commands that the contract names and this version refuses, so that nobody takes silence for
 * success.
 */
public final class LaterCommands {

  private LaterCommands() {}

  /** Refuses, whatever its arguments. */
  public abstract static class Later implements Callable<Integer> {

    @Spec CommandSpec command;
    @Mixin Output output;
    @Unmatched List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      throw new Problem(
          Kind.NOT_SUPPORTED, "this version cannot " + command.name() + ": nothing was done");
    }
  }

  /** Removes what retention rules let go. */
  @Command(name = "prune", description = "Not in this version.", mixinStandardHelpOptions = true)
  public static class Prune extends Later {}
}
