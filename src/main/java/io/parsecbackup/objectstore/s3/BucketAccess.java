package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.parsec.Blockstore;

/** Connects to buckets, with the same clients, limits and policy for retries. */
public record BucketAccess(S3Clients clients, TransferConfig config, Retries retries) {

  /** How many transfers may be in flight at once. */
  public int inFlight() {
    return clients.inFlight(config);
  }

  /** The limits of one run, which closes them. All runs of this process share the bandwidth. */
  public Bandwidth bandwidth() {
    return clients.bandwidth(config.bytesPerSecond()).forRun();
  }

  /** A connection to {@code bucket} for {@link #inFlight} transfers. The caller closes it. */
  public S3Connection open(Blockstore.S3 bucket) {
    return clients.open(bucket, inFlight());
  }
}
