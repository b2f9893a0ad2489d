package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

class LimitedWarningsTest {

  @Test
  void logsTheFirstWarningsAndThenWhereToFindTheRest() {
    List<String> logged = new ArrayList<>();
    java.util.logging.Logger to = java.util.logging.Logger.getLogger("limited-warnings-test");
    to.setUseParentHandlers(false);
    to.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord log) {
            logged.add(ExtLogRecord.wrap(log).getFormattedMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    LimitedWarnings warnings =
        new LimitedWarnings(Logger.getLogger("limited-warnings-test"), "missing.txt has the rest");
    IntStream.rangeClosed(1, 1000).forEach(n -> warnings.warnf("'%s' is gone: %s", n, "404"));
    assertEquals(21, logged.size());
    assertEquals("'1' is gone: 404", logged.getFirst());
    assertEquals("'20' is gone: 404", logged.get(19));
    assertEquals("missing.txt has the rest", logged.getLast());
  }
}
