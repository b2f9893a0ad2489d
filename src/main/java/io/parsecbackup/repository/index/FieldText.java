package io.parsecbackup.repository.index;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value in a line of tab-separated columns. A backslash, tab, line feed and carriage return are
 * written as in PostgreSQL's COPY format ({@code \\ \t \n \r}), so any value fits in one line.
 */
public final class FieldText {

  /** A character by its number: {@code missing.txt} writes control characters this way. */
  private static final Pattern CODE = Pattern.compile("x[0-9a-f]{2}|u[0-9a-f]{4}");

  private FieldText() {}

  public static String escape(String text) {
    if (text.indexOf('\\') < 0
        && text.indexOf('\t') < 0
        && text.indexOf('\n') < 0
        && text.indexOf('\r') < 0) {
      return text;
    }
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  public static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        plain.append(c);
        continue;
      }
      i++;
      char escaped = text.charAt(i);
      Matcher code = CODE.matcher(text).region(i, text.length());
      if (code.lookingAt()) {
        plain.append((char) Integer.parseInt(text, i + 1, code.end(), 16));
        i = code.end() - 1;
        continue;
      }
      plain.append(
          switch (escaped) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> escaped;
          });
    }
    return plain.toString();
  }
}
