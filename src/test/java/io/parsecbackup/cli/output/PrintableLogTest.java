package io.parsecbackup.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableLogTest {

  private static final String HOSTILE = "Org/\u001b[2Jx\u009b31m\u202ey";
  private static final String SHOWN = "Org/\\x1b[2Jx\\x9b31m\\u202ey";

  private static ExtLogRecord filtered(ExtLogRecord log) {
    assertTrue(new PrintableLog().isLoggable(log), "every record is logged");
    return log;
  }

  private static String formatted(ExtLogRecord log) {
    return new PatternFormatter("%s%e%n").format(log);
  }

  private static ExtLogRecord log(String format, Object... parameters) {
    ExtLogRecord log =
        new ExtLogRecord(Level.WARN, format, ExtLogRecord.FormatStyle.PRINTF, "test");
    log.setParameters(parameters);
    return log;
  }

  @Test
  void escapesTheMessage() {
    ExtLogRecord log = filtered(log("the object '%s' is 100 %% gone", HOSTILE));
    assertEquals("the object '" + SHOWN + "' is 100 % gone\n", formatted(log));
  }

  @Test
  void escapesTheMessagesOfExceptions() {
    ExtLogRecord log = log("failed");
    IOException cause = new IOException(HOSTILE + "\nERROR forged");
    cause.addSuppressed(new IllegalStateException(HOSTILE));
    log.setThrown(new IllegalArgumentException("harmless", cause));
    String shown = formatted(filtered(log));
    assertFalse(shown.matches("(?s).*[\u001b\u009b\u202e].*"), shown);
    assertTrue(shown.contains("java.lang.IllegalArgumentException: harmless"), shown);
    assertTrue(shown.contains("Caused by: java.io.IOException: " + SHOWN), shown);
    assertTrue(shown.contains("Suppressed: java.lang.IllegalStateException: " + SHOWN), shown);
    assertTrue(shown.contains("at io.parsecbackup.cli.output.PrintableLogTest"), shown);
    assertFalse(shown.contains("\nERROR forged"), shown);
  }

  @Test
  void keepsPrintableText() {
    RuntimeException thrown = new RuntimeException("plain");
    ExtLogRecord log = log("%s of %s", 1, "\u00c9l\u00e9phant");
    log.setThrown(thrown);
    filtered(log);
    assertEquals("%s of %s", log.getMessage());
    assertSame(thrown, log.getThrown());
  }

  /** A handler that an operator turns on has it too. */
  @ParameterizedTest
  @ValueSource(strings = {"console", "file", "syslog", "socket"})
  void isSetOnEachHandler(String handler) throws IOException {
    Properties settings = new Properties();
    try (InputStream file = PrintableLogTest.class.getResourceAsStream("/application.properties")) {
      settings.load(file);
    }
    assertEquals("printable", settings.getProperty("quarkus.log." + handler + ".filter"));
  }
}
