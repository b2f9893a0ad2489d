package io.parsecbackup.cli.output;

import io.parsecbackup.Printable;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Escapes control characters in each log record: in its message and in the messages of its
 * exceptions. It drops no record. {@code application.properties} sets it on every kind of handler.
 */
@LoggingFilter(name = "printable")
public final class PrintableLog implements Filter {

  /** Maximum depth of causes to check. */
  private static final int DEPTH = 20;

  @Override
  public boolean isLoggable(LogRecord logged) {
    ExtLogRecord log = ExtLogRecord.wrap(logged);
    String message = log.getFormattedMessage();
    if (message != null && Printable.isNeededFor(message)) {
      log.setMessage(Printable.text(message), ExtLogRecord.FormatStyle.NO_FORMAT);
    }
    if (isUnprintable(log.getThrown())) {
      log.setThrown(Shown.of(log.getThrown(), DEPTH));
    }
    return true;
  }

  private static boolean isUnprintable(@Nullable Throwable thrown) {
    @Nullable Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEPTH; depth++, cause = cause.getCause()) {
      if (Printable.isNeededFor(cause.toString())) {
        return true;
      }
      for (Throwable suppressed : cause.getSuppressed()) {
        if (Printable.isNeededFor(suppressed.toString())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Prints like the exception that it replaces. */
  private static final class Shown extends Exception {

    private final String text;

    private Shown(String text, @Nullable Throwable cause) {
      super(text, cause);
      this.text = text;
    }

    static Shown of(Throwable thrown, int depth) {
      Throwable cause = thrown.getCause();
      Shown shown =
          new Shown(
              Printable.text(thrown.toString()),
              cause == null || depth == 0 ? null : of(cause, depth - 1));
      shown.setStackTrace(thrown.getStackTrace());
      if (depth > 0) {
        for (Throwable suppressed : thrown.getSuppressed()) {
          shown.addSuppressed(of(suppressed, 0));
        }
      }
      return shown;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
