package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.Xml;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bucket's settings that prevent the loss of objects.
 *
 * @param versioning "Enabled", "Suspended" or "Off"; empty if it cannot be read
 * @param lock the bucket's Object Lock; empty if it has none or it cannot be read
 * @param notes why something cannot be read
 */
public record BucketProtection(
    Optional<String> versioning, Optional<ObjectLock> lock, List<String> notes) {

  public BucketProtection {
    notes = List.copyOf(notes);
  }

  /**
   * Object Lock of a bucket.
   *
   * @param mode "COMPLIANCE" or "GOVERNANCE"; empty without a default retention
   * @param days of the default retention, in which a new object cannot be deleted; 0 without one
   */
  public record ObjectLock(Optional<String> mode, int days) {}

  static BucketProtection read(BucketClient client) throws IOException {
    Optional<String> versioning = Optional.empty();
    Optional<ObjectLock> lock = Optional.empty();
    List<String> notes = new java.util.ArrayList<>();
    try {
      byte[] body =
          client.send(BucketRequest.of(HttpMethod.GET, "").parameter("versioning", "")).body();
      versioning = Optional.of(Xml.text(body, "VersioningConfiguration", "Status").orElse("Off"));
    } catch (TransferException e) {
      notes.add(
          "the bucket's versioning cannot be read: "
              + e.getMessage()
              + ". The key needs the right s3:GetBucketVersioning");
    }
    try {
      byte[] body =
          client.send(BucketRequest.of(HttpMethod.GET, "").parameter("object-lock", "")).body();
      lock = lock(body);
    } catch (TransferException e) {
      // A bucket without Object Lock answers 404.
      if (e.kind() != TransferException.Kind.ABSENT) {
        notes.add(
            "the bucket's Object Lock cannot be read: "
                + e.getMessage()
                + ". The key needs the right s3:GetBucketObjectLockConfiguration");
      }
    }
    return new BucketProtection(versioning, lock, notes);
  }

  /**
   * What the server says about the retention of one object.
   *
   * @param until empty if the server does not say it, or the object has none
   * @param note why it cannot be read
   */
  record Retention(Optional<Instant> until, Optional<String> note) {}

  static Retention retention(BucketClient client, String key) throws IOException {
    try {
      byte[] body =
          client.send(BucketRequest.of(HttpMethod.GET, key).parameter("retention", "")).body();
      return new Retention(
          Xml.text(body, "Retention", "RetainUntilDate").map(Instant::parse), Optional.empty());
    } catch (DateTimeException e) {
      return new Retention(Optional.empty(), Optional.empty());
    } catch (TransferException e) {
      // An object without retention answers 404, or 400 on some servers.
      return new Retention(
          Optional.empty(),
          e.kind() == TransferException.Kind.ABSENT
              ? Optional.empty()
              : Optional.of(
                  "the retention of an object cannot be read: "
                      + e.getMessage()
                      + ". The key needs the right s3:GetObjectRetention"));
    }
  }

  private static Optional<ObjectLock> lock(byte[] body) {
    if (!Xml.text(body, "ObjectLockConfiguration", "ObjectLockEnabled")
        .filter("Enabled"::equals)
        .isPresent()) {
      return Optional.empty();
    }
    Map<String, String> retention =
        Xml.elements(body, "DefaultRetention").stream().findFirst().orElse(Map.of());
    int days = number(retention.get("Days")) + 365 * number(retention.get("Years"));
    return Optional.of(new ObjectLock(Optional.ofNullable(retention.get("Mode")), days));
  }

  private static int number(@org.jspecify.annotations.Nullable String text) {
    try {
      return text == null ? 0 : Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
