package io.parsecbackup.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.retention.RetentionRules.Candidate;
import io.parsecbackup.retention.RetentionRules.Decision;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionRulesTest {

  private static final RetentionRules DEFAULTS = new RetentionRules(7, 7, 4, 12, 0, ZoneOffset.UTC);

  private static Candidate complete(String date) {
    return candidate(Instant.parse(date), true);
  }

  private static Candidate incomplete(String date) {
    return candidate(Instant.parse(date), false);
  }

  private static Candidate candidate(Instant date, boolean complete) {
    return new Candidate(RunId.at(date), date, complete);
  }

  private static List<Instant> kept(RetentionRules rules, Collection<Candidate> backups) {
    return rules.decide(List.copyOf(backups)).stream()
        .filter(Decision::keep)
        .map(decision -> decision.backup().date())
        .sorted()
        .toList();
  }

  /**
   * A backup or several on most days: some fail, some are incomplete, and the rules are applied
   * after each complete one. What is left is what an independent reading of the rules keeps of the
   * whole history.
   */
  @ParameterizedTest
  @CsvSource({
    "7, 7, 4, 12, 0, Europe/Paris",
    "1, 0, 0, 0, 0, UTC",
    "0, 14, 8, 24, 3, America/St_Johns",
    "3, 0, 5, 0, 10, Pacific/Apia",
    "0, 0, 0, 60, 0, Asia/Kathmandu"
  })
  void keepsWhatTheRulesSayForFiveYearsOfBackups(
      int last, int daily, int weekly, int monthly, int yearly, String zone) {
    RetentionRules rules =
        new RetentionRules(last, daily, weekly, monthly, yearly, ZoneId.of(zone));
    Random random = new Random(20260101 + last);
    List<Candidate> history = new ArrayList<>();
    List<Candidate> left = new ArrayList<>();
    for (LocalDate day = LocalDate.of(2021, 1, 1);
        day.isBefore(LocalDate.of(2026, 1, 1));
        day = day.plusDays(1)) {
      int runs = random.nextInt(10) < 8 ? 1 : random.nextInt(4);
      TreeSet<Integer> minutes = new TreeSet<>();
      while (minutes.size() < runs) {
        minutes.add(random.nextInt(24 * 60));
      }
      for (int minute : minutes) {
        // Months in which every backup is incomplete.
        boolean lossy = day.getMonthValue() == 3 && day.getYear() % 2 == 1;
        Candidate backup =
            candidate(
                day.atStartOfDay(ZoneOffset.UTC).plusMinutes(minute).toInstant(),
                !lossy && random.nextInt(20) != 0);
        history.add(backup);
        left.add(backup);
        if (backup.complete()) {
          List<Instant> kept = kept(rules, left);
          left.removeIf(one -> !kept.contains(one.date()));
          if (random.nextInt(100) == 0) {
            assertEquals(naive(rules, history), kept);
          }
        }
      }
    }
    history.add(complete("2026-01-01T12:00:00Z"));
    left.add(history.getLast());
    assertEquals(naive(rules, history), kept(rules, left));
  }

  /** The rules once more, word by word, on the whole history. */
  private static List<Instant> naive(RetentionRules rules, List<Candidate> history) {
    Set<Instant> kept = new TreeSet<>();
    // "never the newest complete backup", and nothing else is newer data.
    kept.add(history.getLast().date());
    history.reversed().stream()
        .filter(Candidate::complete)
        .findFirst()
        .ifPresent(one -> kept.add(one.date()));
    // "incomplete ones count only when no complete one is as new"
    List<Candidate> counted =
        history.stream()
            .filter(one ->
                one.complete()
                    || history.stream()
                        .noneMatch(other -> other.complete() && !other.date().isBefore(one.date())))
            .toList();
    counted.subList(Math.max(0, counted.size() - rules.last()), counted.size()).stream()
        .map(Candidate::date)
        .forEach(kept::add);
    Function<Candidate, LocalDate> day = one -> LocalDate.ofInstant(one.date(), rules.zone());
    keepOnePerPeriod(counted, day, rules.daily(), kept);
    keepOnePerPeriod(
        counted,
        day.andThen(date -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))),
        rules.weekly(),
        kept);
    keepOnePerPeriod(counted, day.andThen(date -> date.withDayOfMonth(1)), rules.monthly(), kept);
    keepOnePerPeriod(counted, day.andThen(date -> date.withDayOfYear(1)), rules.yearly(), kept);
    return List.copyOf(kept);
  }

  private static void keepOnePerPeriod(
      List<Candidate> counted,
      Function<Candidate, LocalDate> firstDay,
      int count,
      Set<Instant> kept) {
    List<LocalDate> periods =
        counted.stream().map(firstDay).collect(Collectors.toCollection(TreeSet::new)).stream()
            .toList();
    for (LocalDate period : periods.subList(Math.max(0, periods.size() - count), periods.size())) {
      List<Candidate> in =
          counted.stream().filter(one -> firstDay.apply(one).equals(period)).toList();
      Stream<Candidate> preferred =
          in.stream().anyMatch(Candidate::complete)
              ? in.stream().filter(Candidate::complete)
              : in.stream();
      kept.add(preferred.map(Candidate::date).max(Instant::compareTo).orElseThrow());
    }
    if (periods.size() < count) {
      // "the oldest snapshot is kept additionally"
      kept.add(counted.getFirst().date());
    }
  }

  @Test
  void namesEachRuleThatKeepsABackup() {
    List<Decision> decisions =
        new RetentionRules(1, 2, 1, 1, 1, ZoneId.of("Europe/Paris"))
            .decide(
                List.of(
                    complete("2026-01-01T02:00:00Z"),
                    complete("2025-12-30T22:59:59Z"),
                    complete("2025-12-31T02:00:00Z")));
    assertEquals(
        List.of(
            "newest complete",
            "keep-last",
            "keep-daily 2026-01-01",
            "keep-weekly 2026-W01",
            "keep-monthly 2026-01",
            "keep-yearly 2026"),
        decisions.get(0).rules());
    assertEquals(List.of("keep-daily 2025-12-31"), decisions.get(1).rules());
    assertEquals(List.of("no rule keeps it"), decisions.get(2).rules());
    assertEquals(List.of(true, true, false), decisions.stream().map(Decision::keep).toList());
  }

  @Test
  void prefersACompleteBackupOfTheSameDayToANewerIncompleteOne() {
    Candidate first = complete("2026-01-01T02:00:00Z");
    Candidate lossy = incomplete("2026-01-01T08:00:00Z");
    Candidate next = complete("2026-01-02T02:00:00Z");
    RetentionRules daily = new RetentionRules(0, 7, 0, 0, 0, ZoneOffset.UTC);
    assertEquals(List.of(first.date(), next.date()), kept(daily, List.of(first, lossy, next)));
    // While it is the newest, it is kept too.
    assertEquals(List.of(first.date(), lossy.date()), kept(daily, List.of(first, lossy)));
  }

  @Test
  void countsAnIncompleteBackupOnlyWhileNoCompleteOneIsAsNew() {
    Candidate first = incomplete("2026-01-01T08:00:00Z");
    Candidate second = incomplete("2026-01-02T08:00:00Z");
    Candidate next = complete("2026-01-03T02:00:00Z");
    for (RetentionRules rules :
        List.of(
            new RetentionRules(7, 0, 0, 0, 0, ZoneOffset.UTC),
            new RetentionRules(0, 7, 4, 12, 3, ZoneOffset.UTC))) {
      assertEquals(List.of(first.date(), second.date()), kept(rules, List.of(first, second)));
      assertEquals(List.of(next.date()), kept(rules, List.of(first, second, next)));
    }
  }

  @Test
  void keepsTheCompleteBackupsOfTheDaysBeforeAWeekOfIncompleteOnes() {
    RetentionRules rules = new RetentionRules(1, 7, 0, 0, 0, ZoneOffset.UTC);
    List<Candidate> backups = new ArrayList<>();
    List<Instant> expected = new ArrayList<>();
    for (int day = 10; day < 17; day++) {
      backups.add(complete("2026-01-" + day + "T02:00:00Z"));
      expected.add(backups.getLast().date());
    }
    for (int day = 17; day < 23; day++) {
      backups.add(incomplete("2026-01-" + day + "T02:00:00Z"));
    }
    backups.add(complete("2026-01-23T02:00:00Z"));
    expected.add(backups.getLast().date());
    assertEquals(expected.subList(1, 8), kept(rules, backups));
  }

  /** As restic: until there is a backup for each period, the oldest one stays. */
  @Test
  void keepsTheOldestBackupWhileThereAreFewerPeriodsThanARuleKeeps() {
    RetentionRules rules = new RetentionRules(0, 2, 0, 0, 0, ZoneOffset.UTC);
    Candidate oldest = complete("2026-01-01T02:00:00Z");
    Candidate noon = complete("2026-01-01T12:00:00Z");
    Candidate evening = complete("2026-01-01T20:00:00Z");
    List<Candidate> backups = new ArrayList<>(List.of(oldest, noon, evening));
    assertEquals(List.of(oldest.date(), evening.date()), kept(rules, backups));
    assertEquals(List.of("keep-daily oldest"), rules.decide(backups).getLast().rules());
    backups.add(complete("2026-01-02T02:00:00Z"));
    assertEquals(List.of(evening.date(), backups.getLast().date()), kept(rules, backups));
  }

  @Test
  void alwaysKeepsTheNewestCompleteBackup() {
    Candidate whole = complete("2020-01-01T02:00:00Z");
    List<Candidate> backups = new ArrayList<>(List.of(whole));
    for (int day = 10; day < 30; day++) {
      backups.add(incomplete("2026-01-" + day + "T02:00:00Z"));
    }
    List<Instant> kept = kept(new RetentionRules(1, 0, 0, 0, 0, ZoneOffset.UTC), backups);
    assertEquals(List.of(whole.date(), Instant.parse("2026-01-29T02:00:00Z")), kept);
  }

  @Test
  void keepsAllWithoutALimit() {
    List<Candidate> backups =
        Stream.iterate(Instant.parse("2026-01-01T00:00:00Z"), at -> at.plusSeconds(60))
            .limit(500)
            .map(at -> candidate(at, true))
            .toList();
    RetentionRules all = new RetentionRules(RetentionRules.UNLIMITED, 0, 0, 0, 0, ZoneOffset.UTC);
    assertEquals(500, kept(all, backups).size());
    assertTrue(kept(DEFAULTS, List.of()).isEmpty());
    // The newest 7, and the oldest one, because there is no second day yet.
    assertEquals(8, kept(DEFAULTS, backups).size());
  }
}
