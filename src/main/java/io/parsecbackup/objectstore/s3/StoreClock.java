package io.parsecbackup.objectstore.s3;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** The time for signatures: this machine's, until the object store reports another time. */
final class StoreClock {

  private static final Logger LOG = Logger.getLogger(StoreClock.class);

  private final String store;
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile Duration ahead = Duration.ZERO;

  /**
   * @param store for messages
   */
  StoreClock(String store) {
    this.store = store;
  }

  Instant now() {
    return Clock.systemUTC().instant().plus(ahead);
  }

  /**
   * Uses the store's time from now on, and logs this the first time.
   *
   * @param storeTime the store's time; 1970 if it is not known
   * @return the fault, for a message
   */
  String correct(Instant storeTime) {
    if (storeTime.equals(Instant.EPOCH)) {
      return "this machine's clock differs from the object store's, which does not send its time:"
          + " set the clock";
    }
    ahead = Duration.between(Clock.systemUTC().instant(), storeTime);
    String what =
        "this machine's clock is "
            + ahead.abs().toSeconds()
            + " s "
            + (ahead.isNegative() ? "ahead of" : "behind")
            + " the object store's: set the clock";
    if (warned.compareAndSet(false, true)) {
      LOG.warnf("%s. Until then requests to %s are signed with the store's time", what, store);
    }
    return what;
  }
}
