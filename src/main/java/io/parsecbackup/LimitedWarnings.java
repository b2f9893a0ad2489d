package io.parsecbackup;

import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Limits warnings of one kind, of which a run may have one for each of a million objects. Logs the
 * first {@value #MOST}, then once where to find the others. Thread-safe.
 */
public final class LimitedWarnings {

  static final int MOST = 20;

  private final Logger log;
  private final String rest;
  private final AtomicLong warned = new AtomicLong();

  /**
   * @param rest the message, logged once after the last warning, that says where to find the others
   */
  public LimitedWarnings(Logger log, String rest) {
    this.log = log;
    this.rest = rest;
  }

  public void warnf(String format, Object... values) {
    long number = warned.incrementAndGet();
    if (number <= MOST) {
      log.warnf(format, values);
    } else if (number == MOST + 1) {
      log.warn(rest);
    }
  }
}
