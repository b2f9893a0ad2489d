package io.parsecbackup.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** What the program logs in this process. */
public final class LogLines extends Handler implements AutoCloseable {

  private static final Logger PROGRAM = Logger.getLogger("io.parsecbackup");

  private record Line(Level level, String text) {}

  private final List<Line> lines = new CopyOnWriteArrayList<>();

  private LogLines() {}

  /** Records from now on, until it is closed. */
  public static LogLines record() {
    LogLines lines = new LogLines();
    PROGRAM.addHandler(lines);
    return lines;
  }

  /** The lines of this level or a higher one. */
  public List<String> from(Level level) {
    return lines.stream()
        .filter(line -> line.level().intValue() >= level.intValue())
        .map(Line::text)
        .toList();
  }

  @Override
  public void publish(LogRecord log) {
    lines.add(new Line(log.getLevel(), ExtLogRecord.wrap(log).getFormattedMessage()));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    PROGRAM.removeHandler(this);
  }
}
