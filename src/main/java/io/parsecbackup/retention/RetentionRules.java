package io.parsecbackup.retention;

import io.parsecbackup.repository.storage.RunId;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides which backups are kept, as restic's {@code keep-} options do: the newest backup of each
 * of the last n days, ISO weeks, months and years that have one. If there are fewer than n, the
 * oldest backup is kept too (restic's {@code forget}: "If there are not enough snapshots to keep
 * one for each duration related option, the oldest snapshot in the group is kept additionally"). An
 * incomplete backup counts only while no complete one is as new, and it represents a period only if
 * the period has no complete one. The newest complete backup is always kept, and so is the newest
 * backup.
 *
 * @param last how many of the newest backups are kept
 * @param daily for how many days one backup is kept; likewise the others
 * @param zone the time zone of days, weeks, months and years
 */
public record RetentionRules(
    int last, int daily, int weekly, int monthly, int yearly, ZoneId zone) {

  /** A count without a limit. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /**
   * A published backup.
   *
   * @param date the date of its data
   */
  public record Candidate(RunId id, Instant date, boolean complete) {}

  /**
   * What happens to a backup.
   *
   * @param rules the rules that keep it, or why no rule keeps it; never empty
   */
  public record Decision(Candidate backup, boolean keep, List<String> rules) {}

  private static final Comparator<Candidate> NEWEST_FIRST =
      Comparator.comparing(Candidate::date).thenComparing(Candidate::id).reversed();

  /** A period of the calendar, as a text that is the same for all times in it. */
  private record Rule(String name, int count, Function<ZonedDateTime, String> period) {}

  private List<Rule> rules() {
    return List.of(
        new Rule("keep-daily", daily, time -> time.toLocalDate().toString()),
        new Rule("keep-weekly", weekly, RetentionRules::week),
        new Rule("keep-monthly", monthly, RetentionRules::month),
        new Rule("keep-yearly", yearly, time -> Integer.toString(time.getYear())));
  }

  /** Whether all counts are 0. */
  boolean keepsNone() {
    return last == 0 && daily == 0 && weekly == 0 && monthly == 0 && yearly == 0;
  }

  /** One decision for each backup, the newest backup first. */
  public List<Decision> decide(List<Candidate> backups) {
    List<Candidate> newestFirst = backups.stream().sorted(NEWEST_FIRST).toList();
    Map<Candidate, List<String>> kept = new LinkedHashMap<>();
    newestFirst.forEach(backup -> kept.put(backup, new ArrayList<>()));
    Optional<Candidate> newestComplete =
        newestFirst.stream().filter(Candidate::complete).findFirst();
    newestComplete.ifPresent(backup -> named(kept, backup).add("newest complete"));
    newestFirst.stream()
        .findFirst()
        .filter(backup -> !backup.complete())
        .ifPresent(backup -> named(kept, backup).add("newest"));
    List<Candidate> counted =
        newestFirst.stream()
            .filter(backup -> backup.complete() || isNewer(backup, newestComplete))
            .toList();
    counted.stream().limit(last).forEach(backup -> named(kept, backup).add("keep-last"));
    for (Rule rule : rules()) {
      represent(counted, rule)
          .forEach((period, backup) -> named(kept, backup).add(rule.name() + " " + period));
    }
    return kept.entrySet().stream()
        .map(entry -> decision(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static List<String> named(Map<Candidate, List<String>> kept, Candidate backup) {
    return kept.computeIfAbsent(backup, any -> new ArrayList<>());
  }

  private static Decision decision(Candidate backup, List<String> rules) {
    return rules.isEmpty()
        ? new Decision(
            backup,
            false,
            List.of(
                backup.complete()
                    ? "no rule keeps it"
                    : "no rule keeps it: it is incomplete, and complete backups are preferred"))
        : new Decision(backup, true, List.copyOf(rules));
  }

  private static boolean isNewer(Candidate backup, Optional<Candidate> complete) {
    return complete.isEmpty() || NEWEST_FIRST.compare(backup, complete.get()) < 0;
  }

  /**
   * The backup of each of the newest periods: the newest complete one, else the newest one. Also
   * the oldest backup, if there are fewer periods than the rule keeps.
   */
  private Map<String, Candidate> represent(List<Candidate> newestFirst, Rule rule) {
    Map<String, Candidate> backups = new LinkedHashMap<>();
    for (Candidate backup : newestFirst) {
      String period = rule.period().apply(backup.date().atZone(zone));
      Candidate first = backups.get(period);
      if (first == null) {
        if (backups.size() < rule.count()) {
          backups.put(period, backup);
        }
      } else if (!first.complete() && backup.complete()) {
        backups.put(period, backup);
      }
    }
    if (backups.size() < rule.count()
        && !newestFirst.isEmpty()
        && !backups.containsValue(newestFirst.getLast())) {
      backups.put("oldest", newestFirst.getLast());
    }
    return backups;
  }

  private static String week(ZonedDateTime time) {
    return String.format(
        Locale.ROOT,
        "%d-W%02d",
        time.get(IsoFields.WEEK_BASED_YEAR),
        time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
  }

  private static String month(ZonedDateTime time) {
    return String.format(Locale.ROOT, "%d-%02d", time.getYear(), time.getMonthValue());
  }
}
