package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.objectstore.s3.SignedRequests;
import io.parsecbackup.repository.storage.CopyUnsupportedException;
import io.parsecbackup.repository.storage.StoredFile;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Copies objects within a server, without receiving them. */
public record ObjectCopy(BucketClient client, BucketPlace place) {

  private static final Logger LOG = Logger.getLogger(ObjectCopy.class);

  /** In bytes: S3's limit for one request. */
  private static final long LARGEST = 5L << 30;

  /**
   * Copies an object of at most 5 GiB within its bucket, and compares the copy's size.
   *
   * @throws TransferException when the server refuses it
   */
  public void copy(StoredFile from, String to) throws IOException {
    String key = place.key(to);
    client.send(request(place, from, key));
    long size = client.send(BucketRequest.of(HttpMethod.HEAD, key)).size();
    if (size != from.size()) {
      throw new TransferException(
          Kind.REFUSED, "the server's copy has " + size + " bytes instead of " + from.size());
    }
  }

  /**
   * Copies an object of another place on the same server. See {@link
   * io.parsecbackup.repository.storage.Storage#copyFrom}.
   *
   * <p>The server hashes what it stores, and its answer has the digest: see CopyObject in the <a
   * href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">API of S3</a>. Many
   * servers ignore the condition {@code If-None-Match}, so a request before it asks whether the
   * object exists. The condition on the source protects newer bytes from a run that has lost its
   * lock in between: the copy has the source's bytes of that moment or is refused.
   */
  public boolean copyFrom(BucketPlace other, StoredFile from, String sha256) throws IOException {
    if (from.size() > LARGEST || from.tag().isEmpty()) {
      return false;
    }
    String key = place.key(from.name());
    try {
      if (exists(key)) {
        return false;
      }
      Answer answer =
          client.transfer(
              request(other, from, key)
                  .header("x-amz-checksum-algorithm", "SHA256")
                  .header("If-None-Match", "*"));
      Optional<String> stored = digest(answer.body());
      if (!stored.equals(Optional.of(sha256))) {
        // Without a digest nobody knows what the server has copied.
        remove(key);
      }
      if (stored.isEmpty()) {
        throw new CopyUnsupportedException("its answer has no SHA-256");
      }
      return stored.get().equals(sha256);
    } catch (TransferException e) {
      if (e.kind() == Kind.PRESENT || e.kind() == Kind.ABSENT) {
        // The object here was written, or the one there was replaced or removed.
        return false;
      }
      throw new CopyUnsupportedException(String.valueOf(e.getMessage()));
    }
  }

  private static BucketRequest request(BucketPlace source, StoredFile from, String key)
      throws IOException {
    return BucketRequest.of(HttpMethod.PUT, key)
        .header(
            "x-amz-copy-source",
            SignedRequests.copySource(source.address().bucket(), source.key(from.name())))
        .header("x-amz-copy-source-if-match", '"' + from.tag() + '"');
  }

  /** The answer to a HEAD would not tell whether it is the object that is missing. */
  private boolean exists(String key) throws IOException {
    try {
      client.transfer(BucketRequest.of(HttpMethod.GET, key).header("Range", "bytes=0-0"));
      return true;
    } catch (TransferException e) {
      if (e.kind() == Kind.ABSENT) {
        return false;
      }
      throw e;
    }
  }

  /**
   * For a restore by hand, damaged bytes are worse than none. They stay if the key may not delete.
   */
  private void remove(String key) throws IOException {
    try {
      client.transfer(BucketRequest.of(HttpMethod.DELETE, key));
    } catch (TransferException e) {
      LOG.debugf(
          "The server's copy of %s stays, although its bytes are wrong or unknown: %s",
          key, e.getMessage());
    }
  }

  /**
   * The digest of the whole object, as hex; empty if there are only digests of its parts, or no
   * digest.
   */
  private static Optional<String> digest(byte[] answer) {
    return Xml.text(answer, "CopyObjectResult", "ChecksumSHA256")
        .filter(checksum -> checksum.matches("[A-Za-z0-9+/]{43}="))
        .map(checksum -> HexFormat.of().formatHex(Base64.getDecoder().decode(checksum)));
  }
}
