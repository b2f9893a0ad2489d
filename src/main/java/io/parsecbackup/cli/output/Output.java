package io.parsecbackup.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parsecbackup.Printable;
import io.parsecbackup.job.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Prints the result of a command to stdout, as text or one JSON document, and everything else to
 * stderr.
 */
public class Output {

  @Option(names = "--json", description = "Print one JSON document on stdout.")
  boolean json;

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  /** Whether to print JSON. */
  public boolean isJson() {
    return json;
  }

  /** Prints {@code document} as the only JSON document of the command. */
  public void document(Object document) {
    out().println(json(document));
    out().flush();
  }

  static String json(Object document) {
    try {
      return Json.writer().with(PrintableJson.ESCAPES).writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the result as JSON", e);
    }
  }

  /** Prints a line of the result, see {@link Printable#text}. */
  public void line(String text) {
    out().println(Printable.text(text));
    out().flush();
  }

  /** Prints a line to stderr, see {@link Printable#text}. */
  public void errLine(String text) {
    command.commandLine().getErr().println(Printable.text(text));
    command.commandLine().getErr().flush();
  }

  /**
   * As {@link #errLine}, but replaces the current line of a terminal; the cursor stays at its
   * start.
   */
  void replaceErrLine(String text) {
    command.commandLine().getErr().print("\u001b[2K" + Printable.line(text) + "\r");
    command.commandLine().getErr().flush();
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
