package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How an archive is compressed: {@code auto}, or a value of pg_dump's {@code --compress} since
 * version 16 (https://www.postgresql.org/docs/current/app-pgdump.html).
 *
 * @param text in lower case, trimmed
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

  /** Since this major version pg_dump knows other methods than gzip, and their names. */
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
              + " is not known. Set auto, none, 0 to 9, gzip, gzip:6, lz4, zstd, zstd:3,"
              + " zstd:level=3,long.");
    }
    return new Compression(text);
  }

  boolean isAuto() {
    return text.equals("auto");
  }

  /** Whether it is set to a method that compresses. */
  boolean compresses() {
    return !List.of("auto", "none", "0").contains(text);
  }

  /** The choices to try: one, or with {@code auto} a better one before a safe one. */
  List<Compression> choices(int pgDumpMajor) {
    Compression gzip = new Compression("gzip");
    if (!isAuto()) {
      return List.of(this);
    }
    // pg_dump can be built without zstd in any version.
    return pgDumpMajor >= METHODS_SINCE ? List.of(new Compression("zstd"), gzip) : List.of(gzip);
  }

  /**
   * The value of {@code --compress} for that pg_dump.
   *
   * @throws Problem of kind DATABASE if that pg_dump is too old for the method
   */
  String argument(int pgDumpMajor) {
    if (pgDumpMajor >= METHODS_SINCE || text.length() == 1) {
      return text;
    }
    if (text.equals("none")) {
      return "0";
    }
    if (text.equals("gzip")) {
      // zlib's default. pg_dump does not accept -1, zlib's name for it.
      return "6";
    }
    if (text.startsWith("gzip:")) {
      return text.substring(text.length() - 1);
    }
    throw new Problem(
        Problem.Kind.DATABASE,
        "parsec.backup.dump.compression="
            + text
            + " needs pg_dump 16 or newer, but version "
            + pgDumpMajor
            + " was found. Install a newer one, or set auto or gzip.");
  }
}
