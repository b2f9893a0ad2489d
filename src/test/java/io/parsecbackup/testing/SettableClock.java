package io.parsecbackup.testing;

import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The clock of the program under test: it runs, and a test can set it ahead. */
@Mock
@Singleton
public class SettableClock extends Clock {

  private volatile Duration ahead = Duration.ZERO;

  /** Sets the clock ahead. */
  public void advance(Duration time) {
    ahead = ahead.plus(time);
  }

  /** Shows the machine's time again. */
  public void reset() {
    ahead = Duration.ZERO;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.offset(Clock.system(zone), ahead);
  }
}
