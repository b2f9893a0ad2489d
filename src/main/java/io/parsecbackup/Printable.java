package io.parsecbackup;

/**
 * Makes text from outside (keys, documents, other programs' output) safe to show on a terminal or
 * in a log. Escapes control characters and characters that change the text direction: {@code \x1b},
 * {@code \u202e}. All other characters stay, including letters of any script.
 */
public final class Printable {

  private Printable() {}

  /**
   * {@code text} with new lines escaped too: for text that must stay on one line, such as a key.
   */
  public static String line(String text) {
    return escape(text, false);
  }

  /**
   * {@code text} of one or more lines. Lines after the first are indented, so that none looks like
   * a line of this program.
   */
  public static String text(String text) {
    return escape(text, true);
  }

  /** Whether {@link #text} would change {@code text}. */
  public static boolean isNeededFor(String text) {
    return text.codePoints().anyMatch(Printable::isUnprintable);
  }

  /** Whether a terminal may interpret {@code c} instead of showing it. */
  public static boolean isUnprintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          c != '\t';
      default -> false;
    };
  }

  /** The escape sequence for {@code c}. */
  public static String escaped(int c) {
    return c <= 0xff ? "\\x%02x".formatted(c) : "\\u%04x".formatted(c);
  }

  private static String escape(String text, boolean lines) {
    if (!isNeededFor(text)) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          if (c == '\n' && lines) {
            printable.append("\n  ");
          } else if (isUnprintable(c)) {
            printable.append(escaped(c));
          } else {
            printable.appendCodePoint(c);
          }
        });
    return printable.toString();
  }
}
