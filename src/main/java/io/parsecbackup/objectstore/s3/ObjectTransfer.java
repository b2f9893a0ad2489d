package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.StoredObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;

/** Moves objects' bytes. */
public interface ObjectTransfer extends AutoCloseable {

  /**
   * Fetches an object into a new file, reading from the network only as fast as the disk takes it.
   *
   * @param unless an ETag without quotes: while the object has it, its bytes are not sent; empty to
   *     have them in any case. A server that does not know the condition sends them all the same
   * @param most bytes that may come: more is an error, and no more is written
   * @param into must not exist; on failure what has arrived so far may be there
   * @return what arrived; fails with {@link TransferException}, of kind UNCHANGED where the object
   *     has that ETag
   */
  Uni<FetchedObject> get(String key, String unless, long most, Path into);

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
