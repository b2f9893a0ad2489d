package io.parsecbackup.objectstore.content;

import java.util.Locale;

/**
 * A server's answer to the upload of an object.
 *
 * @param etag without quotes
 * @param kms whether the server encrypts with a key management service or a customer's key, so that
 *     its ETags are not MD5s
 */
public record StoredObject(String etag, boolean kms) {

  /** The fault of the stored object, or an empty string. */
  public String fault(Payload sent) {
    return !kms && Etag.isMd5(etag) && !etag.toLowerCase(Locale.ROOT).equals(sent.md5())
        ? "the bytes that were sent have MD5 " + sent.md5() + ", the server's ETag is " + etag
        : "";
  }
}
