package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.repository.index.RecordStream;
import java.util.Iterator;
import java.util.List;

/**
 * The listing of a source.
 *
 * @param objects whole objects in key order
 * @param listings the listings of its buckets; {@link #close} closes them
 */
public record SourceListing(
    Iterator<SourceObject> objects, List<RecordStream<ListedObject>> listings)
    implements AutoCloseable {

  @Override
  public void close() {
    listings.forEach(RecordStream::close);
  }
}
