package io.parsecbackup.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Bytes that a {@link FaultyProxy} writes on a connection, for answers that are not valid HTTP. */
@FunctionalInterface
public interface WireScript {

  /** Writes until it is done, or until the client or the proxy closes the connection. */
  void play(S3Request request, Wire wire) throws IOException, InterruptedException;

  /**
   * The connection to the client.
   *
   * @param closed reaches zero when the proxy closes
   */
  record Wire(OutputStream out, CountDownLatch closed) {

    public void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Writes the same bytes again and again. */
    public void repeat(byte[] bytes, Duration pause) throws IOException, InterruptedException {
      while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        write(bytes);
      }
    }
  }
}
