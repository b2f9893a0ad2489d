package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A start that failed before there was a command. Logging has not begun then, or has ended, and
 * Quarkus says no more than that it failed: the cause is dug out here.
 *
 * @param configuration whether a setting is wrong, and the user is to mend it
 */
record StartFailure(boolean configuration, String text, Throwable failure) {

  /** Class names and numbers of messages, which tell an operator nothing. */
  private static final Pattern NOISE =
      Pattern.compile("(?:(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error): ?)|(?:SRCFG\\d+: ?)");

  private static final Pattern VALUE =
      Pattern.compile(
          "The config property (\\S+) with the config value \"(.*?)\" threw an Exception whilst"
              + " being converted ?");

  private static final Pattern CHOICE =
      Pattern.compile("Cannot convert .* to enum class \\S+, allowed values: (.*)");

  private static final Pattern SIZE = Pattern.compile("value \\S+ not in correct format .*");

  static StartFailure of(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case ConfigValidationException invalid -> {
          return new StartFailure(true, problems(invalid), failure);
        }
        case ConfigurationException wrong -> {
          return new StartFailure(true, clean(wrong.getMessage()), failure);
        }
        case Problem problem -> {
          return new StartFailure(problem.exitCode() == 2, clean(problem.getMessage()), failure);
        }
        default -> {}
      }
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new StartFailure(false, "the program cannot start: " + root, failure);
  }

  private static String problems(ConfigValidationException invalid) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < invalid.getProblemCount(); i++) {
      problems.add(clean(invalid.getProblem(i).getMessage()));
    }
    return String.join("; ", problems);
  }

  private static String clean(@Nullable String message) {
    String text = NOISE.matcher(String.valueOf(message)).replaceAll("");
    text = VALUE.matcher(text).replaceFirst("$1 is \"$2\": ");
    text = CHOICE.matcher(text).replaceFirst("right would be one of $1");
    text = text.replaceFirst("Invalid duration: .*", "right would be a time such as 24h, 30m, 10s");
    return SIZE.matcher(text).replaceFirst("right would be a size such as 50M").strip();
  }

  /**
   * Says so: in words on stderr, as JSON on stdout.
   *
   * @return the exit code
   */
  int print(boolean json) {
    if (json) {
      System.out.println(
          ProblemPrinter.json(
              configuration ? Problem.Kind.CONFIGURATION : Problem.Kind.INTERNAL, text));
    } else {
      System.err.println("parsec-backup: " + text);
    }
    if (!configuration) {
      failure.printStackTrace();
    }
    return configuration ? 2 : 1;
  }
}
