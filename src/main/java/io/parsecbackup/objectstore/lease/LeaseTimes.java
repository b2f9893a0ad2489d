package io.parsecbackup.objectstore.lease;

import java.time.Duration;

/**
 * The times of a lease.
 *
 * @param lease a holder that has not renewed its lease for this long is dead
 * @param heartbeat how often a holder renews it
 */
public record LeaseTimes(Duration lease, Duration heartbeat) {

  public static final LeaseTimes USUAL =
      new LeaseTimes(Duration.ofSeconds(60), Duration.ofSeconds(10));

  /**
   * A holder that could not renew its lease for this long regards it as lost, before others do:
   * clocks differ, and the server's time is in whole seconds.
   */
  Duration patience() {
    return lease.minus(lease.dividedBy(6)).minusMillis(500);
  }
}
