package io.parsecbackup.backup;

import java.time.DateTimeException;
import java.time.ZoneId;
import org.eclipse.microprofile.config.spi.Converter;

/** Converts a time zone. For an invalid one, the built-in converter would not name the setting. */
public final class TimeZoneConverter implements Converter<ZoneId> {

  @Override
  public ZoneId convert(String value) {
    try {
      return ZoneId.of(value.strip());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "expected an IANA time zone such as UTC or Europe/Paris", e);
    }
  }
}
