package io.parsecbackup.testing;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * RAID as the Parsec server's format has it, byte by byte: written and read in the plainest way.
 */
public final class RaidBlocks {

  private RaidBlocks() {}

  /** The index of RAID0's node for a key that ends in a block's id. */
  public static int node(String key, int nodes) {
    String id = key.substring(key.lastIndexOf('/') + 1).replace("-", "");
    return new BigInteger(id, 16).mod(BigInteger.valueOf(nodes)).intValueExact();
  }

  /** RAID5's chunks of a block, the parity last. */
  public static byte[][] chunks(byte[] block, int nodes) {
    int data = nodes - 1;
    int length =
        new BigDecimal(block.length + 4)
            .divide(new BigDecimal(data), RoundingMode.CEILING)
            .intValue();
    byte[][] chunks = new byte[nodes][length];
    byte[] head = ByteBuffer.allocate(4).putInt(block.length).array();
    for (int i = 0; i < 4 + block.length; i++) {
      byte value = i < 4 ? head[i] : block[i - 4];
      chunks[i / length][i % length] = value;
      chunks[data][i % length] = (byte) (chunks[data][i % length] ^ value);
    }
    return chunks;
  }

  /** Joins RAID5's chunks to a block; the parity, which is one of them, must match. */
  public static byte[] joined(List<byte[]> chunks) {
    int data = chunks.size() - 1;
    int length = chunks.getFirst().length;
    ByteBuffer all = ByteBuffer.allocate(data * length);
    byte[] parity = new byte[length];
    for (byte[] chunk : chunks.subList(0, data)) {
      all.put(chunk);
      for (int i = 0; i < length; i++) {
        parity[i] = (byte) (parity[i] ^ chunk[i]);
      }
    }
    if (!Arrays.equals(parity, chunks.getLast())) {
      throw new IllegalStateException("the parity does not match the chunks");
    }
    return Arrays.copyOfRange(all.array(), 4, 4 + all.getInt(0));
  }
}
