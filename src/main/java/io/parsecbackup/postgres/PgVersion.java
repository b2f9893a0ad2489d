package io.parsecbackup.postgres;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of PostgreSQL as its programs print it with {@code --version}: {@code pg_dump
 * (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)}, {@code 18beta2}, {@code 19devel}.
 *
 * @param major decides compatibility; every 9.x counts as 9
 * @param minor 0 for a beta or development version
 * @param text as printed, without the packager's suffix: {@code 15.18}
 */
public record PgVersion(int major, int minor, String text) implements Comparable<PgVersion> {

  private static final Pattern PRINTED =
      Pattern.compile("\\(PostgreSQL[^)]*\\) ((\\d+)(?:\\.(\\d+))?\\S*)");

  public static Optional<PgVersion> parse(String printed) {
    Matcher matcher = PRINTED.matcher(printed);
    if (!matcher.find()) {
      return Optional.empty();
    }
    int minor = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    return Optional.of(new PgVersion(Integer.parseInt(matcher.group(2)), minor, matcher.group(1)));
  }

  /** The major version in a server's {@code server_version_num}, such as 160010. */
  public static int majorOf(int serverVersionNum) {
    return serverVersionNum / 10_000;
  }

  @Override
  public int compareTo(PgVersion other) {
    int byMajor = Integer.compare(major, other.major);
    return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
  }
}
