package io.parsecbackup.objectstore.s3;

import java.nio.charset.StandardCharsets;

/** A key in a URL's path, or a value in its query. */
final class S3Path {

  private static final String HEX = "0123456789ABCDEF";
  private static final String UNRESERVED = "-._~/";

  private S3Path() {}

  /**
   * Percent-encodes {@code key} as Signature Version 4 requires: everything except letters, digits
   * and {@code - . _ ~ /}.
   */
  static String encode(String key) {
    return encode(key, UNRESERVED);
  }

  /** As {@link #encode}, but encodes slashes too. */
  static String encodeValue(String value) {
    return encode(value, "-._~");
  }

  private static String encode(String key, String unreserved) {
    StringBuilder path = new StringBuilder(key.length() + 16);
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || unreserved.indexOf(c) >= 0) {
        path.append(c);
      } else {
        path.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
      }
    }
    return path.toString();
  }
}
