package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;

/** Gives whole objects, in whatever way the source lays them over its buckets. */
public interface ObjectSource {

  /**
   * Fetches an object into scratch, again where a failure may pass.
   *
   * @return what arrived, each byte of it proven as far as the source's own words allow. Fails with
   *     {@link TransferException}, of kind UNCHANGED where the source has what is held already;
   *     with {@link java.io.UncheckedIOException} where the disk fails
   */
  Uni<FetchResult> get(FetchRequest wanted);
}
