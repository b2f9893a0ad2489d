package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How an archive is compressed: {@code auto}, or what pg_dump's {@code --compress} takes since
 * version 16 (https://www.postgresql.org/docs/current/app-pgdump.html).
 *
 * @param text lower case, without blanks at its ends
 */
public record Compression(String text) {

  private static final String LEVEL = "(?:[1-9]|level=[1-9])";
  private static final String LZ4_LEVEL = "(?:level=)?(?:[1-9]|1[0-2])";
  private static final String ZSTD_LEVEL = "(?:level=)?-?\\d{1,6}";
  private static final String ZSTD_OPTION =
      "(?:" + ZSTD_LEVEL + "|long(?:=(?:on|off|1|0|true|false|yes|no))?)";
  private static final Pattern KNOWN =
      Pattern.compile(
          "auto|none|[0-9]"
              + ("|gzip(?::" + LEVEL + ")?")
              + ("|lz4(?::" + LZ4_LEVEL + ")?")
              + ("|zstd(?::" + ZSTD_OPTION + "(?:," + ZSTD_OPTION + ")*)?"));

  /** From this major version on pg_dump knows other methods than gzip, and their names. */
  private static final int METHODS_SINCE = 16;

  /**
   * Reads the setting.
   *
   * @throws Problem of kind CONFIGURATION naming the key
   */
  public static Compression parse(String setting) {
    String text = setting.strip().toLowerCase(Locale.ROOT);
    if (!KNOWN.matcher(text).matches()) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "parsec.backup.dump.compression="
              + setting
              + " is not known. Right are: auto, none, 0 to 9, gzip, gzip:6, lz4, zstd, zstd:3,"
              + " zstd:level=3,long.");
    }
    return new Compression(text);
  }

  boolean isAuto() {
    return text.equals("auto");
  }

  /** Whether it was set to something that compresses. */
  boolean compresses() {
    return !List.of("auto", "none", "0").contains(text);
  }

  /** What to try: one choice, or, with {@code auto}, a better one before a safe one. */
  List<Compression> choices(int pgDumpMajor) {
    Compression gzip = new Compression("gzip");
    if (!isAuto()) {
      return List.of(this);
    }
    // A build of pg_dump may lack zstd whatever its version.
    return pgDumpMajor >= METHODS_SINCE ? List.of(new Compression("zstd"), gzip) : List.of(gzip);
  }

  /**
   * The value of {@code --compress} for that pg_dump.
   *
   * @throws Problem of kind DATABASE if it is too old for the method
   */
  String argument(int pgDumpMajor) {
    if (pgDumpMajor >= METHODS_SINCE || text.length() == 1) {
      return text;
    }
    if (text.equals("none")) {
      return "0";
    }
    if (text.equals("gzip")) {
      // zlib's own default, which -1 stands for but pg_dump refuses as a level.
      return "6";
    }
    if (text.startsWith("gzip:")) {
      return text.substring(text.length() - 1);
    }
    throw new Problem(
        Problem.Kind.DATABASE,
        "parsec.backup.dump.compression="
            + text
            + " needs pg_dump 16 or newer, found is "
            + pgDumpMajor
            + ". Install a newer one, or set auto or gzip.");
  }
}
