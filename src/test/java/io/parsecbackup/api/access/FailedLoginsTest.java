package io.parsecbackup.api.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {

  private final AtomicLong now = new AtomicLong();
  private final FailedLogins failures = new FailedLogins(now::get);

  @Test
  void limitsOneAddressForAMinuteAndNoOther() {
    for (int i = 0; i < FailedLogins.ALLOWED; i++) {
      assertFalse(failures.isTooMany("10.0.0.1"));
    }
    assertTrue(failures.isTooMany("10.0.0.1"));
    assertFalse(failures.isTooMany("10.0.0.2"));
    now.addAndGet(Duration.ofSeconds(59).toNanos());
    assertTrue(failures.isTooMany("10.0.0.1"));
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertFalse(failures.isTooMany("10.0.0.1"));
  }

  @Test
  void remembersABoundedNumberOfAddresses() {
    for (int i = 0; i < FailedLogins.MOST_ADDRESSES; i++) {
      failures.isTooMany("address " + i);
    }
    for (int i = 0; i < FailedLogins.ALLOWED; i++) {
      assertFalse(failures.isTooMany("further " + i));
    }
    assertTrue(failures.isTooMany("further addresses count as one"));
    now.addAndGet(Duration.ofSeconds(60).toNanos());
    assertFalse(failures.isTooMany("further addresses count as one"));
  }
}
