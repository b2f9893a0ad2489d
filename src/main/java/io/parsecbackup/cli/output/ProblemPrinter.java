package io.parsecbackup.cli.output;

import io.parsecbackup.Printable;
import io.parsecbackup.Problem;
import io.parsecbackup.job.DiskFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jboss.logging.Logger;
import picocli.CommandLine;

/**
 * Ends a command that failed: prints the message to stderr, or as JSON to stdout, and returns the
 * exit code.
 */
public final class ProblemPrinter implements CommandLine.IExecutionExceptionHandler {

  private static final Logger LOG = Logger.getLogger(ProblemPrinter.class);

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    Problem problem = problem(failure);
    if (commandLine.getCommandSpec().mixins().get("output")
            instanceof CommandLine.Model.CommandSpec mixin
        && mixin.userObject() instanceof Output output
        && output.isJson()) {
      output.document(document(problem.kind(), String.valueOf(problem.getMessage())));
    } else {
      commandLine.getErr().println("parsec-backup: " + Printable.text("" + problem.getMessage()));
    }
    return problem.exitCode();
  }

  private static Map<String, String> document(Problem.Kind kind, String text) {
    Map<String, String> document = new LinkedHashMap<>();
    document.put("problem", kind.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    document.put("error", text);
    return document;
  }

  /** The JSON that {@code --json} prints for a problem. */
  public static String json(Problem.Kind kind, String text) {
    return Output.json(document(kind, text));
  }

  private static Problem problem(Exception failure) {
    switch (failure) {
      case Problem problem -> {
        return problem;
      }
      case IOException disk -> {
        return DiskFailures.read(disk);
      }
      case UncheckedIOException disk -> {
        return DiskFailures.read(disk);
      }
      default -> {}
    }
    LOG.error("internal error", failure);
    return new Problem(
        Problem.Kind.INTERNAL,
        "internal error: " + failure + ". Please report it with the log",
        failure);
  }
}
