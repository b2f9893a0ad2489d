package io.parsecbackup.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parsecbackup.Printable;
import io.parsecbackup.job.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Where a command's answer goes: words, or one JSON document, on stdout; everything else on stderr.
 */
public class Output {

  @Option(names = "--json", description = "Answer with one JSON document on stdout.")
  boolean json;

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  /** Whether the answer is to be JSON. */
  public boolean isJson() {
    return json;
  }

  /** Prints {@code document} as the command's one JSON document. */
  public void document(Object document) {
    out().println(json(document));
    out().flush();
  }

  static String json(Object document) {
    try {
      return Json.writer().with(PrintableJson.ESCAPES).writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written as JSON", e);
    }
  }

  /** Prints {@code text} as a part of the answer in words, see {@link Printable#text}. */
  public void line(String text) {
    out().println(Printable.text(text));
    out().flush();
  }

  /** For what is no part of the answer, see {@link Printable#text}. */
  public void aside(String text) {
    command.commandLine().getErr().println(Printable.text(text));
    command.commandLine().getErr().flush();
  }

  /**
   * As {@link #aside}, on a terminal's current line, which it clears; the cursor stays at its
   * begin.
   */
  void asideInPlace(String text) {
    command.commandLine().getErr().print("\u001b[2K" + Printable.line(text) + "\r");
    command.commandLine().getErr().flush();
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
