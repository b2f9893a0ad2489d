package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.cli.output.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Checks that apply to every command. */
class CommandsTest {

  private static List<Class<?>> commands() {
    return RootCommand.COMMANDS;
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

  /** A command that is not named gets no bean, so help and other commands start less. */
  @Test
  void createsOnlyTheCommandThatIsNamed() {
    assertEquals(List.of(), created("--help"));
    assertEquals(List.of(), created());
    assertEquals(List.of(ListCommand.class), created("list", "--json"));
  }

  /** The commands that are created before any of them runs. */
  private static List<Class<?>> created(String... arguments) {
    List<Class<?>> created = new ArrayList<>();
    CommandLine.IFactory factory =
        new CommandLine.IFactory() {
          @Override
          public <T> T create(Class<T> type) throws Exception {
            if (type.isAnnotationPresent(Command.class)) {
              created.add(type);
            }
            return type == VersionProvider.class
                ? type.cast(new VersionProvider("1"))
                : CommandLine.defaultFactory().create(type);
          }
        };
    try {
      ParsecBackup.commandLine(factory, arguments);
    } catch (CommandLine.InitializationException needsBeans) {
      // A command has no constructor that this factory can call.
    }
    return created.stream().distinct().toList();
  }

  private static boolean hasOutput(Class<?> command) {
    return Arrays.stream(command.getDeclaredFields())
        .anyMatch(field -> field.getType() == Output.class && field.getName().equals("output"));
  }
}
