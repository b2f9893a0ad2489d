package io.parsecbackup.postgres;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of PostgreSQL, of a server or of its client programs: {@code 15.18}, {@code 18beta2},
 * {@code 19devel}.
 *
 * @param major decides compatibility; every 9.x counts as 9
 * @param minor 0 for a beta or development version
 * @param text as printed, without the packager's suffix
 */
public record PgVersion(int major, int minor, String text) implements Comparable<PgVersion> {

  /** Nine digits fit into an int; the text may come from a damaged file. */
  private static final String VERSION = "(\\d{1,9})(?:\\.(\\d{1,9}))?\\S*";

  private static final Pattern TEXT = Pattern.compile(VERSION);
  private static final Pattern PRINTED =
      Pattern.compile("\\(PostgreSQL[^)]*\\) (?<text>" + VERSION + ")");

  /** The version in a program's output of {@code --version}. */
  public static Optional<PgVersion> parse(String printed) {
    Matcher matcher = PRINTED.matcher(printed);
    return matcher.find() ? Optional.of(of(matcher.group("text"))) : Optional.empty();
  }

  /**
   * The version with this text.
   *
   * @throws IllegalArgumentException if the text does not begin with a digit, or has a space
   */
  public static PgVersion of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a version of PostgreSQL: " + text);
    }
    int minor = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return new PgVersion(Integer.parseInt(matcher.group(1)), minor, text);
  }

  /**
   * A server's version.
   *
   * @param version the server's {@code server_version}, such as {@code 16.10 (Debian 16.10-1)}
   */
  public static PgVersion ofServer(String version) {
    return of(version.split(" ", 2)[0]);
  }

  @Override
  public int compareTo(PgVersion other) {
    int byMajor = Integer.compare(major, other.major);
    return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
  }

  /** As PostgreSQL prints it. */
  @Override
  public String toString() {
    return text;
  }
}
