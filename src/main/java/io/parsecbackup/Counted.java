package io.parsecbackup;

/** Counts with their noun: "1 object", "2 objects". */
public final class Counted {

  private Counted() {}

  /** {@code count} and {@code noun}, with an s unless the count is 1. */
  public static String of(long count, String noun) {
    return of(count, noun, noun + "s");
  }

  /** {@code count} and the singular or plural form. */
  public static String of(long count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }
}
