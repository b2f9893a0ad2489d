package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;

/** Fetches whole objects, however the source distributes them over its buckets. */
public interface ObjectSource {

  /**
   * Fetches an object. Retries temporary failures.
   *
   * @return the object, which the receiver closes, with its bytes checked by all data in the
   *     source's answer. Fails with {@link TransferException}, of kind UNCHANGED if the source has
   *     the bytes that the repository has. Fails with {@link java.io.UncheckedIOException} if the
   *     disk does.
   */
  Uni<FetchResult> get(FetchRequest request);
}
