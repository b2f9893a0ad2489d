package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.content.StoredObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;

/** Transfers objects. */
public interface ObjectTransfer extends AutoCloseable {

  /**
   * Fetches an object into memory or a new file, and reads from the network only as fast as that is
   * written.
   *
   * @param unless an ETag without quotes: the server does not send an object that still has it;
   *     empty to fetch the object in any case. A server that ignores the condition sends it too
   * @param most bytes that the object may have: more is an error, and the rest is not written
   * @param into receives the bytes. After a failure they are dropped
   * @return the received object, which the receiver closes, on a thread that may block, because
   *     receivers store it. Fails with {@link TransferException} on any thread; of kind UNCHANGED
   *     if the object still has that ETag
   */
  Uni<ReceivedObject> get(String key, String unless, long most, BodyScratch into);

  /**
   * Stores an object under {@code key}, without metadata.
   *
   * @param onlyIfAbsent whether the server must refuse if it has an object under that key
   * @return the server's answer; fails with {@link TransferException}, or with {@link
   *     java.io.UncheckedIOException} if the payload's file cannot be read
   */
  Uni<StoredObject> put(String key, Payload payload, boolean onlyIfAbsent);

  @Override
  void close();
}
