package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.cli.output.Output;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** Checks that apply to every command. */
class CommandsTest {

  private static List<Class<?>> commands() {
    return Arrays.asList(RootCommand.class.getAnnotation(Command.class).subcommands());
  }

  @Test
  void everyDocumentedCommandExists() {
    assertEquals(
        Set.of(
            "serve", "backup", "list", "show", "verify", "restore", "drill", "accept", "adopt",
            "copy", "prune", "doctor"),
        commands().stream()
            .map(command -> command.getAnnotation(Command.class).name())
            .collect(Collectors.toSet()));
  }

  @Test
  void everyCommandHasHelpAndJson() {
    for (Class<?> command : commands()) {
      assertTrue(
          command.getAnnotation(Command.class).mixinStandardHelpOptions(), command.getName());
      assertTrue(hasOutput(command) || hasOutput(command.getSuperclass()), command.getName());
    }
  }

  private static boolean hasOutput(Class<?> command) {
    return Arrays.stream(command.getDeclaredFields())
        .anyMatch(field -> field.getType() == Output.class && field.getName().equals("output"));
  }
}
