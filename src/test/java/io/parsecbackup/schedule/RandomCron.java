package io.parsecbackup.schedule;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cron expressions for tests: at most one of the day fields is restricted. */
final class RandomCron {

  private RandomCron() {}

  /** An expression that matches at most {@code timesADay} times a day. */
  static String expression(Random random, int timesADay) {
    String text = expression(random);
    while (CronExpression.parse(text).times().size() > timesADay) {
      text = expression(random);
    }
    return text;
  }

  static String expression(Random random) {
    boolean byDay = random.nextBoolean();
    return String.join(
        " ",
        field(random, 0, 59),
        field(random, 0, 23),
        byDay ? field(random, 1, 28) : "*",
        random.nextInt(3) == 0 ? field(random, 1, 12) : "*",
        byDay ? "*" : field(random, 0, 6));
  }

  private static String field(Random random, int min, int max) {
    return switch (random.nextInt(5)) {
      case 0 -> "*";
      case 1 -> "*/" + (1 + random.nextInt(max - 1));
      case 2 -> {
        int from = min + random.nextInt(max - min);
        yield from + "-" + (from + 1 + random.nextInt(max - from));
      }
      case 3 ->
          IntStream.range(0, 3)
              .mapToObj(i -> Integer.toString(min + random.nextInt(max - min + 1)))
              .collect(Collectors.joining(","));
      default -> Integer.toString(min + random.nextInt(max - min + 1));
    };
  }
}
