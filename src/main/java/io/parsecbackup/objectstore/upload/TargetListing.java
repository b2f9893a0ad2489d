package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.KeySamples;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.repository.index.RecordSorter;
import java.io.IOException;

/** Lists the target bucket, and creates it if it does not exist. */
record TargetListing(TargetBucket bucket, BucketListing listing) {

  /**
   * Lists the bucket.
   *
   * @param expected keys by which the listing is split into ranges
   * @return whether the bucket exists
   * @throws io.parsecbackup.Problem when it cannot be listed
   */
  boolean read(KeySamples expected, RecordSorter<ListedObject> into) throws IOException {
    try {
      listing.read(expected.ranges(), into);
      return true;
    } catch (TransferException e) {
      if (e.kind() == TransferException.Kind.NO_BUCKET) {
        return false;
      }
      throw bucket.unlistable(e);
    }
  }
}
