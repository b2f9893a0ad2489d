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
 * A start that failed before there was a command. Logging has not begun then, or has ended, and
 * Quarkus says no more than that it failed: the cause is dug out here.
 *
 * @param unexplained what the text does not tell enough of
 */
record StartFailure(Kind kind, String text, Optional<Throwable> unexplained) {

  /** Class names and numbers of messages, which tell an operator nothing. */
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
                  + ". Does another program listen there? QUARKUS_HTTP_PORT and QUARKUS_HTTP_HOST say"
                  + " where this one does",
              Optional.empty());
        }
        case IllegalArgumentException wrong when isPort(wrong) -> {
          return new StartFailure(
              Kind.CONFIGURATION,
              "QUARKUS_HTTP_PORT or QUARKUS_HTTP_SSL_PORT is no port ("
                  + wrong.getMessage()
                  + "): right would be a number from 1 to 65535",
              Optional.empty());
        }
        case UnknownHostException unknown -> {
          return new StartFailure(
              Kind.CONFIGURATION,
              "QUARKUS_HTTP_HOST is no address of this machine ("
                  + unknown.getMessage()
                  + "): right would be one of its addresses, or 0.0.0.0 for all of them",
              Optional.empty());
        }
        default -> {}
      }
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    // Of a setting of Quarkus's: its words say all, and where in Quarkus it was noticed says
    // nothing.
    boolean explained = root instanceof IllegalArgumentException || root instanceof IOException;
    return new StartFailure(
        Kind.INTERNAL,
        "the program cannot start: " + root,
        explained ? Optional.empty() : Optional.of(failure));
  }

  /** Vert.x says so of one that is too high or too low, and nothing of whose it is. */
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
    text = EMPTY.matcher(text).replaceFirst("$1 is empty: give it a value, or take it out");
    text =
        EXPRESSION
            .matcher(text)
            .replaceFirst(
                "$2 names \\${$1}, which is not set: write the value itself, or set that variable too");
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
      System.out.println(ProblemPrinter.json(kind, text));
    } else {
      System.err.println("parsec-backup: " + Printable.text(text));
    }
    unexplained.ifPresent(Throwable::printStackTrace);
    return new Problem(kind, text).exitCode();
  }
}
