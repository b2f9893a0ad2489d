package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.BucketListing;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.objectstore.listing.KeyRange;
import io.parsecbackup.objectstore.listing.KeySamples;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ReferenceStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All that one bucket lists, in key order.
 *
 * @param name begins the names of files in {@code scratch}
 */
record SourceListing(Blockstore.S3 bucket, BucketListing listing, Path scratch, String name) {

  private static final int MOST_RANGES = 8;

  /** Two pages: less is not worth a request of its own. */
  private static final int LEAST_IN_RANGE = 2_000;

  /**
   * Lists the bucket, in ranges at the same time where it is known which keys to expect.
   *
   * @param references by which the key space is cut
   * @throws io.parsecbackup.Problem when it cannot be listed
   */
  RecordStream<IndexRecord> read(Optional<Path> references) throws IOException {
    RecordSorter<IndexRecord> listed = new RecordSorter<>(IndexCodec.INSTANCE, scratch, name);
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
    return samples.ranges((int) Math.clamp(samples.seen() / LEAST_IN_RANGE, 1, MOST_RANGES));
  }
}
