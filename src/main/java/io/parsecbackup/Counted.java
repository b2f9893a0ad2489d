package io.parsecbackup;

/** Numbers of things, as a sentence has them: "1 object", "2 objects". */
public final class Counted {

  private Counted() {}

  /** {@code count} and {@code noun}, with an s where there is not just one. */
  public static String of(long count, String noun) {
    return of(count, noun, noun + "s");
  }

  /** {@code count} and what is said of one, or of several. */
  public static String of(long count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }
}
