package io.parsecbackup.objectstore.content;

import java.util.Locale;

/**
 * What a server said of an object that it was given.
 *
 * @param etag without quotes
 * @param kms whether the server encrypts with a key management service, or a key of the customer's,
 *     so that its ETags are no MD5
 */
public record StoredObject(String etag, boolean kms) {

  /** What is wrong with what was stored, or an empty string. */
  public String fault(Payload sent) {
    return !kms && Etag.isMd5(etag) && !etag.toLowerCase(Locale.ROOT).equals(sent.md5())
        ? "the bytes that were sent have MD5 " + sent.md5() + ", the server's ETag is " + etag
        : "";
  }
}
