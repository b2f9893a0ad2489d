package io.parsecbackup.sync;

import io.smallrye.mutiny.Uni;
import java.nio.file.Path;

/**
 * Moves an object's bytes. This is all that the hot path needs of an object store, so that a leaner
 * client can take the place of the first one; listing, credentials and endpoints stay with that.
 */
interface ObjectTransfer extends AutoCloseable {

  /**
   * Fetches an object into a new file, reading from the network only as fast as the disk takes it.
   *
   * @param unless an ETag without quotes: while the object has it, its bytes are not sent; empty to
   *     have them in any case. A server that does not know the condition sends them all the same
   * @param into must not exist; on failure what has arrived so far may be there
   * @return what arrived; fails with {@link TransferException}, of kind UNCHANGED where the object
   *     has that ETag
   */
  Uni<FetchedObject> get(String key, String unless, Path into);

  /**
   * Stores an object under {@code key}, with no header of its own.
   *
   * @param onlyIfAbsent whether the server shall refuse where it has an object under that key
   * @return the server's word for it; fails with {@link TransferException}, with {@link
   *     java.io.UncheckedIOException} where the payload's file cannot be read
   */
  Uni<StoredObject> put(String key, Payload payload, boolean onlyIfAbsent);

  @Override
  void close();
}
