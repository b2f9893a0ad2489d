package io.parsecbackup.schedule;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One field of a cron expression.
 *
 * @param bits the values that match, bit n for value n; Sunday is 0
 * @param star whether the text begins with {@code *}: crontab(5) calls such a field unrestricted
 */
record CronField(long bits, boolean star) {

  /** The five fields and their values, in the order in which they are written. */
  enum Kind {
    MINUTE("minute", 0, 59, ""),
    HOUR("hour", 0, 23, ""),
    DAY("day of month", 1, 31, ""),
    MONTH("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    /** Both 0 and 7 are Sunday, so that {@code 5-7} and {@code 0-4} can be written. */
    WEEKDAY("day of week", 0, 7, "sun mon tue wed thu fri sat");

    private final String label;
    private final int min;
    private final int max;
    private final String names;

    Kind(String label, int min, int max, String names) {
      this.label = label;
      this.min = min;
      this.max = max;
      this.names = names;
    }

    /** The last value that is not an alias of another one. */
    private int last() {
      return this == WEEKDAY ? 6 : max;
    }
  }

  private static final String VALUE = "[a-z]{3}|[0-9]{1,3}";

  /** One entry of a list: star, value or range, and a step. */
  private static final Pattern ENTRY =
      Pattern.compile("(?:(\\*)|(" + VALUE + ")(?:-(" + VALUE + "))?)(?:/([0-9]{1,3}))?");

  /**
   * Reads one field, in lower case.
   *
   * @throws IllegalArgumentException whose message is the reason
   */
  static CronField parse(Kind kind, String text) {
    long bits = 0;
    for (String entry : text.split(",", -1)) {
      Matcher parts = ENTRY.matcher(entry);
      if (!parts.matches()) {
        throw wrong(kind, entry, "is not a number, range or step");
      }
      bits |= bits(kind, entry, parts);
    }
    return new CronField(bits, text.startsWith("*"));
  }

  private static long bits(Kind kind, String entry, Matcher parts) {
    boolean stepped = parts.start(4) >= 0;
    int step = stepped ? Integer.parseInt(parts.group(4)) : 1;
    if (step < 1 || step > kind.max) {
      throw wrong(kind, entry, "has a step outside 1-" + kind.max);
    }
    int from;
    int to;
    if (parts.start(1) >= 0) {
      from = kind.min;
      to = kind.last();
    } else {
      from = value(kind, entry, parts.group(2));
      if (parts.start(3) >= 0) {
        to = value(kind, entry, parts.group(3));
        // fri-sun: at the end of a range, Sunday is the last day of the week.
        to = kind == Kind.WEEKDAY && to == 0 && from > 0 ? 7 : to;
      } else {
        to = stepped ? Math.max(from, kind.last()) : from;
      }
    }
    if (from > to) {
      throw wrong(kind, entry, "ends before it starts; write two ranges with a comma between them");
    }
    long bits = 0;
    for (int value = from; value <= to; value += step) {
      bits |= 1L << (kind == Kind.WEEKDAY ? value % 7 : value);
    }
    return bits;
  }

  private static int value(Kind kind, String entry, String text) {
    if (Character.isDigit(text.charAt(0))) {
      int value = Integer.parseInt(text);
      if (value < kind.min || value > kind.max) {
        throw wrong(kind, entry, "is not within " + kind.min + "-" + kind.max);
      }
      return value;
    }
    int found = kind.names.indexOf(text);
    if (found < 0) {
      throw wrong(kind, entry, "is not the name of a " + kind.label);
    }
    // Three letters and a space each.
    return found / 4 + kind.min;
  }

  private static IllegalArgumentException wrong(Kind kind, String entry, String why) {
    return new IllegalArgumentException("the " + kind.label + " \"" + entry + "\" " + why);
  }

  boolean has(int value) {
    return (bits & (1L << value)) != 0;
  }

  /** The values that match, ascending. */
  IntStream values() {
    return IntStream.range(0, Long.SIZE).filter(this::has);
  }
}
