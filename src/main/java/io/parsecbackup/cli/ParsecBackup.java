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

/**
 * The program. Without a command, or with {@code serve}, it is the sidecar; any other command does
 * one thing and ends.
 */
@QuarkusMain
public class ParsecBackup implements QuarkusApplication {

  private static final Set<List<String>> SERVING =
      Set.of(List.of("serve"), List.of("serve", "--json"));

  private final CommandLine.IFactory factory;

  public ParsecBackup(CommandLine.IFactory factory) {
    this.factory = factory;
  }

  /**
   * Starts the program; the process ends with the exit code that the contract gives to what
   * happened.
   */
  public static void main(String... args) {
    if (serves(args)) {
      // The JVM's own way would end with 143, which a service that was told to stop does not
      // deserve, and take the beans from under a start that is going on.
      Interrupts.to(Quarkus::asyncExit);
    } else {
      CommandConfig.once(args);
      // Until a command has begun there is nothing to end in order.
      Interrupts.to(Interrupts::end);
    }
    boolean json = List.of(args).contains("--json");
    Quarkus.run(ParsecBackup.class, (code, failure) -> exit(code, failure, json), args);
  }

  /** Whether it is the sidecar: whatever else is asked for, wrong usage too, is done at once. */
  private static boolean serves(String... args) {
    return args.length == 0 || SERVING.contains(List.of(args));
  }

  @Override
  public int run(String... args) {
    return new CommandLine(RootCommand.class, factory)
        // @file names a secret's file in this program; what is in it belongs in no message.
        .setExpandAtFiles(false)
        .setExecutionExceptionHandler(new ProblemPrinter())
        .setParameterExceptionHandler(ParsecBackup::refuseUsage)
        .execute(args);
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

  /** A mistyped option is repeated to its user with its value, which may be a target. */
  private static String withoutSecrets(String message) {
    return message
        .replaceAll("://[^@\\s]*@", "://***@")
        .replaceAll("(?i)(password=)[^&\\s']+", "$1***")
        .replaceAll("(?i)\\b(s3|swift):\\S+", "$1:***");
  }

  /** Told of the end: of a command, or of a start that failed before there was one. */
  private static void exit(Integer code, @Nullable Throwable failure, boolean json) {
    if (LaunchMode.current().isDev()) {
      // The process is not ours: it starts the program again when a class has changed.
      ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(code, failure);
      return;
    }
    System.exit(failure == null ? code : StartFailure.of(failure).print(json));
  }
}
