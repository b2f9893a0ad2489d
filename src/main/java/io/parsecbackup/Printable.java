package io.parsecbackup;

/**
 * Text from outside (keys, documents, other programs' output) as a terminal or a log may show it.
 * Characters that a terminal obeys, or that change the order in which it shows others, are escaped:
 * {@code \x1b}, {@code \u202e}. All other characters stay, letters of any script among them.
 */
public final class Printable {

  private Printable() {}

  /** {@code text} with new lines escaped too: for what has to stay on one line, such as a key. */
  public static String line(String text) {
    return escape(text, false);
  }

  /**
   * {@code text} of one or more lines. Each line after the first is indented, so that none can be
   * taken for a line of this program's own.
   */
  public static String text(String text) {
    return escape(text, true);
  }

  /** Whether {@link #text} would change {@code text}. */
  public static boolean isNeededFor(String text) {
    return text.codePoints().anyMatch(Printable::isUnprintable);
  }

  /** Whether a terminal may obey {@code c} instead of showing it. */
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

  /** How {@code c} is written in place of itself. */
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
