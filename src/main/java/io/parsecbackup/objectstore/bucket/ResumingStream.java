package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.bucket.ObjectReader.Opened;
import io.parsecbackup.objectstore.bucket.ObjectReader.Part;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads a part of an object. If the connection is cut, it continues after the last byte, from the
 * same object: the request names its ETag.
 */
public final class ResumingStream extends InputStream {

  private static final int MOST_CUTS_IN_A_ROW = 6;
  private static final long PAUSE_NANOS = 200_000_000L;

  private final ObjectReader reader;
  private final String file;
  private final Part part;
  private Opened current;
  private long read;
  private final long size;
  private int cuts;
  private boolean held;

  /**
   * Opens the part.
   *
   * @param file the object's URL, for messages
   */
  public ResumingStream(ObjectReader reader, String file, Part part) throws IOException {
    this.reader = reader;
    this.file = file;
    this.part = part;
    try {
      this.current = reader.open(part);
    } catch (TransferException e) {
      throw Failures.of(file, "read", e);
    }
    this.held = current.held();
    this.size = current.size();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (true) {
      try {
        int count = current.in().read(into, offset, length);
        if (count >= 0) {
          cuts = 0;
          read += count;
          reader.client().bandwidth().received().take(count);
          return count;
        }
        if (size < 0 || read >= size) {
          release();
          return -1;
        }
        resume(new TransferException(Kind.TEMPORARY, "the body ended after " + read + " bytes"));
      } catch (TransferException cut) {
        resume(cut);
      }
    }
  }

  private void resume(TransferException cut) throws IOException {
    close();
    if (!TransferException.isTemporary(cut)
        || current.etag().isEmpty()
        || ++cuts > MOST_CUTS_IN_A_ROW) {
      throw Failures.of(file, "read", cut);
    }
    LockSupport.parkNanos(PAUSE_NANOS << cuts);
    try {
      current =
          reader.open(
              new Part(
                  part.key(),
                  current.etag(),
                  part.offset() + read,
                  size < 0 ? remaining() : size - read));
      held = current.held();
    } catch (TransferException e) {
      throw e.kind() == Kind.PRESENT
          ? new IOException(file + " was replaced while it was read. Run the command again", e)
          : Failures.of(file, "read", e);
    }
  }

  private long remaining() {
    return part.length() == Long.MAX_VALUE ? part.length() : part.length() - read;
  }

  private void release() {
    if (held) {
      held = false;
      reader.release();
    }
  }

  @Override
  public void close() throws IOException {
    current.in().close();
    release();
  }
}
