package io.parsecbackup.cli.output;

import java.util.Locale;

/** Formats numbers of bytes. */
public final class Sizes {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Sizes() {}

  /** {@code bytes} with a unit, such as {@code 1.5 GiB}. */
  public static String text(long bytes) {
    double number = bytes;
    int unit = 0;
    while (number >= 1024 && unit < UNITS.length - 1) {
      number /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", number, UNITS[unit]);
  }
}
