package io.parsecbackup.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parsecbackup.backup.BackupJson;
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
  boolean isJson() {
    return json;
  }

  /** Prints {@code document} as the command's one JSON document. */
  void document(Object document) {
    out().println(json(document));
    out().flush();
  }

  static String json(Object document) {
    try {
      return BackupJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written as JSON", e);
    }
  }

  void line(String text) {
    out().println(text);
    out().flush();
  }

  /** For what is no part of the answer. */
  void aside(String text) {
    command.commandLine().getErr().println(text);
    command.commandLine().getErr().flush();
  }

  /** As {@link #aside}, without an end of line. */
  void asideInPlace(String text) {
    command.commandLine().getErr().print(text);
    command.commandLine().getErr().flush();
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
