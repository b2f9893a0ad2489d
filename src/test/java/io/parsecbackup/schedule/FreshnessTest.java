package io.parsecbackup.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.schedule.Freshness.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FreshnessTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static Duration maxAge(String schedule) {
    Timetable timetable = TimetableParser.parse("key", schedule, ZoneOffset.UTC);
    return Freshness.maxAge(Optional.empty(), timetable, NOW);
  }

  private static Freshness at(Instant snapshotAt) {
    return Freshness.of(Optional.of(snapshotAt), DAY, NOW);
  }

  @Test
  void maxAgeIsTwiceTheInterval() {
    assertEquals(Duration.ofDays(2), maxAge("0 2 * * *"));
    assertEquals(Duration.ofHours(12), maxAge("every 6h"));
    assertEquals(Duration.ofDays(6), maxAge("0 2 * * 1-5"));
  }

  @Test
  void maxAgeIs26HoursWhenOff() {
    assertEquals(Duration.ofHours(26), maxAge("off"));
  }

  @Test
  void usesTheConfiguredMaxAge() {
    assertEquals(DAY, Freshness.maxAge(Optional.of(DAY), new Timetable.Off(), NOW));
  }

  @Test
  void isFreshUpToTheMaxAgeAndStaleBeyond() {
    assertEquals(new Freshness(State.FRESH, Optional.of(DAY), DAY), at(NOW.minus(DAY)));
    Duration older = DAY.plusMillis(1);
    assertEquals(new Freshness(State.STALE, Optional.of(older), DAY), at(NOW.minus(older)));
  }

  @Test
  void withoutABackupThereIsNoAge() {
    assertEquals(
        new Freshness(State.NONE, Optional.empty(), DAY), Freshness.of(Optional.empty(), DAY, NOW));
  }

  @Test
  void aDatabaseClockThatIsAheadCountsAsAgeZero() {
    assertEquals(
        new Freshness(State.FRESH, Optional.of(Duration.ZERO), DAY), at(NOW.plusSeconds(90)));
  }

  @Test
  void aDateFarAheadDoesNotHideThatNothingIsBackedUp() {
    assertEquals(
        new Freshness(State.STALE, Optional.of(Duration.ZERO), DAY),
        at(NOW.plus(DAY.multipliedBy(2))));
  }
}
