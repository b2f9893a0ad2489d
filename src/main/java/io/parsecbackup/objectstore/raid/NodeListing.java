package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.objectstore.listing.KeyRange;
import io.parsecbackup.objectstore.listing.KeySamples;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ReferenceStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The whole listing of one bucket, in key order.
 *
 * @param name prefix of the names of files in {@code scratch}
 */
record NodeListing(Blockstore.S3 bucket, BucketListing listing, Path scratch, String name) {

  /**
   * Lists the bucket. If the expected keys are known, lists several ranges of them at the same
   * time.
   *
   * @param references the expected keys
   * @throws io.parsecbackup.Problem when the bucket cannot be listed
   */
  RecordStream<ListedObject> read(Optional<Path> references) throws IOException {
    RecordSorter<ListedObject> listed = new RecordSorter<>(ListedObject.CODEC, scratch, name);
    try {
      listing.read(ranges(references), listed);
    } catch (TransferException e) {
      throw BucketProbe.unlistable(bucket, e);
    }
    return listed.sorted();
  }

  private static List<KeyRange> ranges(Optional<Path> references) throws IOException {
    KeySamples samples = new KeySamples();
    if (references.isPresent()) {
      try (ReferenceStream stream = new ReferenceStream(references.get())) {
        while (stream.hasNext()) {
          samples.add(stream.next().key());
        }
      }
    }
    return samples.ranges();
  }
}
