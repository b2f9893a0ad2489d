package io.parsecbackup.sync;

import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An object's bytes as they arrived in a file, and what the server said of them.
 *
 * @param size bytes that arrived
 * @param announced bytes that the server had announced
 * @param sha256 of what arrived
 * @param md5 of what arrived
 * @param etag as the server gave it with the bytes, without quotes
 * @param lastModified as the server gave it with the bytes, to the second
 * @param kms whether the server encrypts with a key management service, whose ETags are no MD5
 */
record FetchedObject(
    long size,
    long announced,
    String sha256,
    String md5,
    String etag,
    Instant lastModified,
    boolean kms) {

  private static final Pattern MD5_FORM = Pattern.compile("[0-9a-fA-F]{32}");

  /**
   * Whether the ETag, or each of the nodes', says what the bytes have to be: 32 hex digits, of one
   * part, not encrypted by a KMS.
   */
  boolean hasMd5() {
    return !kms && NodeEtags.areMd5(etag);
  }

  static boolean isMd5(String etag) {
    return MD5_FORM.matcher(etag).matches();
  }

  /**
   * What is wrong with what arrived, or an empty string.
   *
   * @param wanted what was asked for: under the ETag that was listed it has the size that was
   *     listed
   */
  String fault(Wanted wanted) {
    boolean asListed = !wanted.listedEtag().isEmpty() && wanted.listedEtag().equals(etag);
    if (asListed && size == announced && wanted.size().orElse(size) != size) {
      return size + " bytes arrived, " + wanted.size().orElse(size) + " were listed";
    }
    return fault();
  }

  /** What is wrong with what arrived, by what the server said with it; or an empty string. */
  String fault() {
    if (size != announced) {
      return size + " bytes arrived, " + announced + " were announced";
    }
    if (!kms && isMd5(etag) && !md5.equals(etag.toLowerCase(Locale.ROOT))) {
      return "the bytes that arrived have MD5 " + md5 + ", the server's ETag is " + etag;
    }
    return "";
  }
}
