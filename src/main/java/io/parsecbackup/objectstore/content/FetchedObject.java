package io.parsecbackup.objectstore.content;

import java.time.Instant;
import java.util.Locale;

/**
 * The digests of an object's bytes as they were received, and the server's statements about them.
 *
 * @param digests of the received bytes
 * @param announced size in bytes, as the server announced it
 * @param etag from the same answer as the bytes, without quotes
 * @param lastModified from the same answer as the bytes, to the second
 * @param facts further facts in the answer about the bytes
 */
public record FetchedObject(
    FileDigests digests, long announced, String etag, Instant lastModified, ContentFacts facts) {

  /** The number of received bytes. */
  public long size() {
    return digests.size();
  }

  /** Of what arrived. */
  public String sha256() {
    return digests.sha256();
  }

  /** Of what arrived. */
  public String md5() {
    return digests.md5();
  }

  /** The same object under another ETag. */
  public FetchedObject withEtag(String other) {
    return new FetchedObject(digests, announced, other, lastModified, facts);
  }

  /** Whether the ETag looks like the MD5 of an object that was uploaded in one part. */
  public boolean hasMd5() {
    return !facts.kms() && Etag.isMd5(etag);
  }

  /** Whether the bytes have this MD5. */
  public boolean isOf(String md5OrEtag) {
    return md5().equals(md5OrEtag.toLowerCase(Locale.ROOT));
  }

  /** Whether the ETag says that the object was uploaded in parts, so that it is not an MD5. */
  public boolean wasUploadedInParts() {
    return Etag.isOfParts(etag);
  }
}
