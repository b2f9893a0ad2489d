package io.parsecbackup;

import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Warnings of one kind, of which a run may have one for each of a million objects: the first are
 * logged, the last of them says where the others are named. Used by several threads.
 */
public final class LimitedWarnings {

  static final int MOST = 20;

  private final Logger log;
  private final String rest;
  private final AtomicLong warned = new AtomicLong();

  /**
   * @param rest says once, after the last, where the others are named
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
