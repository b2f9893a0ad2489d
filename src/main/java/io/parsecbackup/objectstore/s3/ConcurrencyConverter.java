package io.parsecbackup.objectstore.s3;

import org.eclipse.microprofile.config.spi.Converter;

/** Reads the number of objects that are transferred at once. */
public final class ConcurrencyConverter implements Converter<Integer> {

  private static final int MOST = 1000;

  @Override
  public Integer convert(String value) {
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= 1 && number <= MOST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number that is out of range.
    }
    throw new IllegalArgumentException("expected a number from 1 to " + MOST);
  }
}
