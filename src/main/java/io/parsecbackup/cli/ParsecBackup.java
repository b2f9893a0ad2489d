package io.parsecbackup.cli;

import io.parsecbackup.Printable;
import io.parsecbackup.Problem;
import io.parsecbackup.cli.output.ProblemPrinter;
import io.parsecbackup.cli.settings.CommandConfig;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The program. Without a command, or with {@code serve}, it runs as the sidecar; any other command
 * is one-shot.
 */
@QuarkusMain
public class ParsecBackup implements QuarkusApplication {

  private static final Set<List<String>> SERVING =
      Set.of(List.of("serve"), List.of("serve", "--json"));

  private final CommandLine.IFactory factory;

  public ParsecBackup(CommandLine.IFactory factory) {
    this.factory = factory;
  }

  /** Starts the program; the process ends with the exit code of the command. */
  public static void main(String... args) {
    if (serves(args)) {
      // The default of the JVM would exit with 143, and destroy the beans during a start.
      InterruptHandler.onSignal(Quarkus::asyncExit);
    } else {
      CommandConfig.once(args);
      // Before the command starts there is nothing to clean up.
      InterruptHandler.onSignal(InterruptHandler::end);
    }
    boolean json = List.of(args).contains("--json");
    Quarkus.run(ParsecBackup.class, (code, failure) -> exit(code, failure, json), args);
  }

  /** Whether it runs as the sidecar. Everything else, including wrong usage, is one-shot. */
  private static boolean serves(String... args) {
    return args.length == 0 || SERVING.contains(List.of(args));
  }

  @Override
  public int run(String... args) {
    return commandLine(factory, args).execute(args);
  }

  /**
   * The parser of {@code arguments}. The factory creates only the commands that they name: picocli
   * creates a command when it reads its options, and with it all beans that the command needs.
   */
  static CommandLine commandLine(CommandLine.IFactory factory, String... arguments) {
    CommandLine root = new CommandLine(RootCommand.class, factory);
    List<String> given = List.of(arguments);
    for (Class<?> type : RootCommand.COMMANDS) {
      Command command = type.getAnnotation(Command.class);
      root.addSubcommand(
          command.name(),
          given.contains(command.name())
              ? new CommandLine(type, factory)
              : new CommandLine(summary(command)));
    }
    return root
        // In this program @file names a file with a secret, which must not appear in a message.
        .setExpandAtFiles(false)
        .setExecutionExceptionHandler(new ProblemPrinter())
        .setParameterExceptionHandler(ParsecBackup::refuseUsage);
  }

  /** What the help of the root and a suggestion need of a command. */
  private static CommandSpec summary(Command command) {
    CommandSpec summary = CommandSpec.create();
    summary.usageMessage().description(command.description());
    return summary;
  }

  private static int refuseUsage(CommandLine.ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    String message = withoutSecrets(String.valueOf(wrong.getMessage()));
    if (List.of(args).contains("--json")) {
      command.getOut().println(ProblemPrinter.json(Problem.Kind.CONFIGURATION, message));
    } else {
      command.getErr().println(Printable.text(message));
      CommandLine.UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
      command.usage(command.getErr());
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Picocli repeats a mistyped option with its value, which may contain a password. */
  private static String withoutSecrets(String message) {
    return message
        .replaceAll("://[^@\\s]*@", "://***@")
        .replaceAll("(?i)(password=)[^&\\s']+", "$1***")
        .replaceAll("(?i)\\b(s3|swift):\\S+", "$1:***");
  }

  /** Called when a command ends, or when the start fails before a command runs. */
  private static void exit(Integer code, @Nullable Throwable failure, boolean json) {
    if (LaunchMode.current().isDev()) {
      // The process is not ours: it starts the program again when a class has changed.
      ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(code, failure);
      return;
    }
    System.exit(failure == null ? code : StartFailure.of(failure).print(json));
  }
}
