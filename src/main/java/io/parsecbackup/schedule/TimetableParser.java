package io.parsecbackup.schedule;

import io.parsecbackup.Problem;
import java.time.ZoneId;
import java.util.Locale;

/** Reads schedule settings. */
final class TimetableParser {

  private TimetableParser() {}

  /**
   * Parses a schedule setting. Ignores upper and lower case, and white space around the text.
   *
   * <ul>
   *   <li>Five fields as in Vixie's crontab(5), see {@link CronTimetable}; also {@code @hourly},
   *       {@code @daily}, {@code @midnight}, {@code @weekly}, {@code @monthly}, {@code @yearly},
   *       {@code @annually}.
   *   <li>{@code every} and a length in {@code d}, {@code h}, {@code m}, {@code s}, the longer unit
   *       first ({@code every 1d12h}), at least a minute. A day is 24 hours here.
   *   <li>{@code off}: never.
   * </ul>
   *
   * @param key the setting's name, for the message
   * @param zone the time zone whose clock the cron fields are read on
   * @throws Problem of kind {@code CONFIGURATION} for any other text, and for a cron that names no
   *     day that exists
   */
  static Timetable parse(String key, String text, ZoneId zone) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    try {
      if (plain.equals("off")) {
        return new Timetable.Off();
      }
      if (plain.equals("every") || plain.matches("every\\s.*")) {
        return EveryTimetable.parse(plain.substring("every".length()).strip());
      }
      return new CronTimetable(text.strip(), CronExpression.parse(plain), zone);
    } catch (IllegalArgumentException wrong) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          key
              + ": \""
              + text
              + "\" is not a schedule: "
              + wrong.getMessage()
              + ". Use Unix cron (minute hour day month weekday) such as"
              + " \"0 2 * * *\", or \"every 6h\", or \"off\".",
          wrong);
    }
  }
}
