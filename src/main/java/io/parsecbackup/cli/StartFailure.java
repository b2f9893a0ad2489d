package io.parsecbackup.cli;

import io.parsecbackup.Printable;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.cli.output.ProblemPrinter;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A start that failed before the command ran. Logging is not available then, and Quarkus reports
 * only that the start failed: this class finds the cause.
 *
 * @param unexplained the exception to print in full, if the text does not explain it
 */
record StartFailure(Kind kind, String text, Optional<Throwable> unexplained) {

  /** Class names and message numbers, which do not help an operator. */
  private static final Pattern NOISE =
      Pattern.compile("(?:(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error): ?)|(?:SRCFG\\d+: ?)");

  private static final Pattern VALUE =
      Pattern.compile(
          "The config property (\\S+) with the config value \"(.*?)\" threw an Exception whilst"
              + " being converted ?");

  private static final Pattern CHOICE =
      Pattern.compile("Cannot convert .* to enum class \\S+, allowed values: (.*)");

  private static final Pattern EMPTY =
      Pattern.compile("The config property (\\S+) is defined as the empty String .*");

  private static final Pattern EXPRESSION =
      Pattern.compile(".*Could not expand value (\\S+) in property (\\S+).*");

  private static final Pattern SIZE = Pattern.compile("value \\S+ not in correct format .*");

  static StartFailure of(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case ConfigValidationException invalid -> {
          return new StartFailure(Kind.CONFIGURATION, problems(invalid), Optional.empty());
        }
        case ConfigurationException wrong -> {
          return new StartFailure(Kind.CONFIGURATION, clean(wrong.getMessage()), Optional.empty());
        }
        case Problem problem -> {
          return new StartFailure(problem.kind(), clean(problem.getMessage()), Optional.empty());
        }
        case QuarkusBindException taken -> {
          return new StartFailure(
              Kind.INTERNAL,
              "the port "
                  + taken.getPort()
                  + " cannot be opened: "
                  + taken.getMessage()
                  + ". Check whether another program uses it, or set QUARKUS_HTTP_PORT or"
                  + " QUARKUS_HTTP_HOST",
              Optional.empty());
        }
        case IllegalArgumentException wrong when isPort(wrong) -> {
          return new StartFailure(
              Kind.CONFIGURATION,
              "QUARKUS_HTTP_PORT or QUARKUS_HTTP_SSL_PORT is not a port ("
                  + wrong.getMessage()
                  + "): expected a number from 1 to 65535",
              Optional.empty());
        }
        case UnknownHostException unknown -> {
          return new StartFailure(
              Kind.CONFIGURATION,
              "QUARKUS_HTTP_HOST is not an address of this machine ("
                  + unknown.getMessage()
                  + "): expected one of its addresses, or 0.0.0.0 for all of them",
              Optional.empty());
        }
        default -> {}
      }
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    // The message of a Quarkus setting explains the error; the stack trace does not.
    boolean explained = root instanceof IllegalArgumentException || root instanceof IOException;
    return new StartFailure(
        Kind.INTERNAL,
        "the program cannot start: " + root,
        explained ? Optional.empty() : Optional.of(failure));
  }

  /** Vert.x rejects a port out of range with this message, without the name of the setting. */
  private static boolean isPort(IllegalArgumentException wrong) {
    return String.valueOf(wrong.getMessage()).startsWith("port ");
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
    text = EMPTY.matcher(text).replaceFirst("$1 is empty: set a value, or remove it");
    text =
        EXPRESSION
            .matcher(text)
            .replaceFirst(
                "$2 refers to \\${$1}, which is not set: set that variable, or write the value itself");
    text = CHOICE.matcher(text).replaceFirst("expected one of $1");
    text = text.replaceFirst("Invalid duration: .*", "expected a duration such as 24h, 30m, 10s");
    return SIZE.matcher(text).replaceFirst("expected a size such as 50M").strip();
  }

  /**
   * Prints the failure, as text to stderr or as JSON to stdout.
   *
   * @return the exit code
   */
  int print(boolean json) {
    if (json) {
      System.out.println(ProblemPrinter.json(kind, text));
    } else {
      System.err.println("parsec-backup: " + Printable.text(text));
    }
    unexplained.ifPresent(Throwable::printStackTrace);
    return new Problem(kind, text).exitCode();
  }
}
