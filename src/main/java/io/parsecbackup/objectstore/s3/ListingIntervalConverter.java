package io.parsecbackup.objectstore.s3;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

/** Reads how often the listing is compared: a duration, or {@code off}. */
public final class ListingIntervalConverter implements Converter<Duration> {

  private static final String OFF = "off";

  private final DurationConverter durations = new DurationConverter();

  @Override
  public @Nullable Duration convert(String value) {
    if (value.strip().equalsIgnoreCase(OFF)) {
      return null;
    }
    try {
      return durations.convert(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected an interval such as 7d, or off", e);
    }
  }
}
