package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads a file; a cancellation of the run ends the reading. */
public final class CancellableInput extends FilterInputStream {

  private final Cancellation cancellation;

  private CancellableInput(InputStream in, Cancellation cancellation) {
    super(in);
    this.cancellation = cancellation;
  }

  public static InputStream of(ReadableFile file, Cancellation cancellation) throws IOException {
    return new CancellableInput(file.open(), cancellation);
  }

  @Override
  public int read() throws IOException {
    cancellation.throwIfCancelled();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    cancellation.throwIfCancelled();
    return super.read(bytes, offset, length);
  }
}
