package io.parsecbackup.backup;

import java.time.DateTimeException;
import java.time.ZoneId;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads a time zone; of a wrong one the built-in converter would not say which key it is of. */
public final class TimeZoneConverter implements Converter<ZoneId> {

  @Override
  public ZoneId convert(String value) {
    try {
      return ZoneId.of(value.strip());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "right would be a time zone's IANA name such as UTC or Europe/Paris", e);
    }
  }
}
