package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
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
          Kind.NOT_SUPPORTED,
          "this version cannot "
              + command.name()
              + ": nothing was done. Backups are plain files: README.md says how to restore one by"
              + " hand");
    }
  }

  /** Reads backups back. */
  @Command(name = "verify", description = "Not in this version.", mixinStandardHelpOptions = true)
  public static class Verify extends Later {}

  /** Brings a backup back. */
  @Command(name = "restore", description = "Not in this version.", mixinStandardHelpOptions = true)
  public static class Restore extends Later {}

  /** Restores into a scratch database. */
  @Command(name = "drill", description = "Not in this version.", mixinStandardHelpOptions = true)
  public static class Drill extends Later {}

  /** Removes what retention rules let go. */
  @Command(name = "prune", description = "Not in this version.", mixinStandardHelpOptions = true)
  public static class Prune extends Later {}
}
