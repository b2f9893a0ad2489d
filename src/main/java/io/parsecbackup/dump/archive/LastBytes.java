package io.parsecbackup.dump.archive;

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

  /** The last bytes, or all if there were fewer. */
  public byte[] bytes() {
    return Arrays.copyOf(last, kept);
  }
}
