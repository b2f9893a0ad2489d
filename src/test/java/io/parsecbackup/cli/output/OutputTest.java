package io.parsecbackup.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.parsecbackup.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Text from outside cannot control the terminal on which it is shown. */
class OutputTest {

  private static final String HOSTILE = "Org/\u001b[2Jx\u009b31m\u007f\u202ey\u2028";
  private static final String SHOWN = "Org/\\x1b[2Jx\\x9b31m\\x7f\\u202ey\\u2028";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Prints {@code HOSTILE} the way that commands print text that they have read. */
  @Command(name = "shows")
  static final class PrintsHostileText implements Runnable {

    @Mixin Output output;

    @CommandLine.Option(names = "--by")
    String by = "";

    @Override
    public void run() {
      switch (by) {
        case "line" -> output.line(HOSTILE);
        case "errLine" -> output.errLine(HOSTILE);
        case "progress" -> output.replaceErrLine(HOSTILE);
        case "document" -> output.document(Map.of("key", HOSTILE + "\u00e9\ud842\udfb7"));
        default -> throw new Problem(Problem.Kind.DATABASE, "pg_dump: " + HOSTILE);
      }
    }
  }

  private String shownBy(String... arguments) {
    new CommandLine(new PrintsHostileText())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setExecutionExceptionHandler(new ProblemPrinter())
        .execute(arguments);
    return out + err.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"line", "errLine", "problem"})
  void escapesItInPlainOutput(String by) {
    String shown = shownBy("--by", by).stripTrailing();
    assertTrue(shown.endsWith(SHOWN), shown);
  }

  @Test
  void escapesItInAProgressBarToo() {
    assertEquals("\u001b[2K" + SHOWN + "\r", shownBy("--by", "progress"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"document", "problem"})
  void escapesItInJsonThatAProgramReadsUnchanged(String by) throws Exception {
    String shown = shownBy("--by", by, "--json");
    for (char c : List.of('\u001b', '\u009b', '\u007f', '\u202e', '\u2028')) {
      assertFalse(shown.indexOf(c) >= 0, shown);
    }
    String read =
        new ObjectMapper()
            .readTree(shown)
            .findValuesAsText(by.equals("document") ? "key" : "error")
            .getFirst();
    assertEquals(
        by.equals("document") ? HOSTILE + "\u00e9\ud842\udfb7" : "pg_dump: " + HOSTILE, read);
    assertTrue(!by.equals("document") || shown.contains("\u00e9\ud842\udfb7"), shown);
  }
}
