package io.parsecbackup.objectstore.content;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Reads the {@code ETag} of an answer or a listing. Called for each object: uses no patterns. */
public final class Etag {

  private static final int MD5_DIGITS = 32;

  private Etag() {}

  /** The value without its quotes and without the mark of a weak ETag; empty without an ETag. */
  public static String unquoted(@Nullable String etag) {
    if (etag == null) {
      return "";
    }
    String strong = etag.startsWith("W/") ? etag.substring(2) : etag;
    return strong.indexOf('"') < 0 ? strong : strong.replace("\"", "");
  }

  /** Whether an ETag without quotes looks like an MD5. */
  public static boolean isMd5(String etag) {
    return etag.length() == MD5_DIGITS && startsWithMd5(etag);
  }

  /** Whether an ETag without quotes is that of an object which was uploaded in parts. */
  static boolean isOfParts(String etag) {
    return etag.length() > MD5_DIGITS + 1
        && startsWithMd5(etag)
        && etag.charAt(MD5_DIGITS) == '-'
        && etag.chars().skip(MD5_DIGITS + 1).allMatch(digit -> digit >= '0' && digit <= '9');
  }

  private static boolean startsWithMd5(String etag) {
    for (int at = 0; at < MD5_DIGITS; at++) {
      if (!HexFormat.isHexDigit(etag.charAt(at))) {
        return false;
      }
    }
    return true;
  }
}
