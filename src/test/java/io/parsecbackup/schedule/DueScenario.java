package io.parsecbackup.schedule;

import io.parsecbackup.schedule.DueRun.Reason;
import io.parsecbackup.schedule.PastRun.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Builds the runs and times for the tests of {@link DuePolicy}. Each run takes ten minutes. */
final class DueScenario {

  private DueScenario() {}

  static final Instant UP_SINCE = at("20T12:00");

  static Instant at(String dayAndTime) {
    return Instant.parse("2026-11-" + dayAndTime + ":00Z");
  }

  static DuePolicy policy(String schedule) {
    return new DuePolicy(TimetableParser.parse("key", schedule, ZoneOffset.UTC));
  }

  static PastRun scheduled(String start, Outcome outcome) {
    return new PastRun(at(start), at(start).plus(Duration.ofMinutes(10)), outcome, true);
  }

  static PastRun manual(String start, Outcome outcome) {
    return new PastRun(at(start), at(start).plus(Duration.ofMinutes(10)), outcome, false);
  }

  static DueRun due(String now, PastRun... newestFirst) {
    return due("0 2 * * *", now, UP_SINCE, newestFirst);
  }

  static DueRun due(String schedule, String now, Instant upSince, PastRun... newestFirst) {
    return policy(schedule).next(at(now), upSince, List.of(newestFirst), true).orElseThrow();
  }

  static DueRun expected(String time, Reason reason) {
    return new DueRun(at(time), reason);
  }
}
