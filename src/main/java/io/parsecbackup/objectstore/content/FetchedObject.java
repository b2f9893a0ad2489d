package io.parsecbackup.objectstore.content;

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
 * @param facts what else the server said of them
 */
public record FetchedObject(
    long size,
    long announced,
    String sha256,
    String md5,
    String etag,
    Instant lastModified,
    ContentFacts facts) {

  private static final Pattern MD5_FORM = Pattern.compile("[0-9a-fA-F]{32}");

  /** An ETag of an object that was uploaded in parts. */
  private static final Pattern PARTS_FORM = Pattern.compile("[0-9a-fA-F]{32}-[0-9]+");

  /** Whether the ETag looks like the MD5 of what was uploaded in one part. */
  public boolean hasMd5() {
    return !facts.kms() && isMd5(etag);
  }

  /** Whether the bytes have this MD5. */
  public boolean isOf(String md5OrEtag) {
    return md5.equals(md5OrEtag.toLowerCase(Locale.ROOT));
  }

  /** Whether the ETag says that the object was uploaded in parts: it is no MD5, and no page's. */
  public boolean wasUploadedInParts() {
    return PARTS_FORM.matcher(etag).matches();
  }

  public static boolean isMd5(String etag) {
    return MD5_FORM.matcher(etag).matches();
  }
}
