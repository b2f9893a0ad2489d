package io.parsecbackup.objectstore.s3;

import io.parsecbackup.parsec.Blockstore;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a bucket is.
 *
 * @param endpoint a URL with its scheme; empty for AWS's own
 */
public record BucketAddress(Optional<String> endpoint, String region, String bucket) {

  public static BucketAddress of(Blockstore.S3 place) {
    return new BucketAddress(place.endpoint(), place.region(), place.bucket());
  }

  /** Whether the same server has the other bucket, as far as their addresses tell. */
  public boolean isOnServerOf(BucketAddress other) {
    return region.equals(other.region) && server().equals(other.server());
  }

  private Optional<String> server() {
    return endpoint.map(url -> url.toLowerCase(Locale.ROOT).replaceAll("/+$", ""));
  }

  /** Whether URLs name the bucket in their path: with an endpoint of its own, as for Parsec. */
  boolean pathStyle() {
    return endpoint.isPresent();
  }
}
