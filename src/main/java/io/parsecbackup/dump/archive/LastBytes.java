package io.parsecbackup.dump.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Keeps the last bytes that are written to it. */
public final class LastBytes extends OutputStream {

  private final byte[] last;
  private int kept;

  /**
   * @param most how many bytes are kept
   */
  public LastBytes(int most) {
    this.last = new byte[most];
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int added = Math.min(length, last.length);
    int stay = Math.min(kept, last.length - added);
    System.arraycopy(last, kept - stay, last, 0, stay);
    System.arraycopy(bytes, offset + length - added, last, stay, added);
    kept = stay + added;
  }

  /** The same stream; what is read from it is also written here. */
  InputStream of(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int one = super.read();
        if (one >= 0) {
          LastBytes.this.write(one);
        }
        return one;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = super.read(bytes, offset, length);
        if (n > 0) {
          LastBytes.this.write(bytes, offset, n);
        }
        return n;
      }
    };
  }

  /** The last bytes, or all if there were fewer. */
  public byte[] bytes() {
    return Arrays.copyOf(last, kept);
  }
}
