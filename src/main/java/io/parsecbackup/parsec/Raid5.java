package io.parsecbackup.parsec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The RAID5 layout of the Parsec server 3.9. The payload is the block's length as an unsigned
 * 32-bit big-endian integer, the block, and zeros as padding. It is split into chunks of equal
 * length, one for each node except the last, which has the XOR of all chunks.
 *
 * @param nodes at least 3
 */
public record Raid5(int nodes) {

  private static final int PREFIX = Integer.BYTES;
  private static final long LONGEST_BLOCK = 0xFFFF_FFFFL;

  public Raid5 {
    if (nodes < RaidMode.RAID5.minimumNodes()) {
      throw new IllegalArgumentException("RAID5 of " + nodes + " nodes");
    }
  }

  /**
   * A block that was assembled from chunks.
   *
   * @param size in bytes, as its prefix says
   */
  public record Block(long size, ByteSource bytes) {}

  /** The chunks do not form a block. */
  public static final class InvalidChunksException extends Exception {
    InvalidChunksException(String message) {
      super(message);
    }
  }

  /** The number of nodes with data chunks. The node after them has the parity. */
  public int dataNodes() {
    return nodes - 1;
  }

  /** The length in bytes of each chunk of a block of {@code size} bytes. */
  public long chunkLength(long size) {
    if (size < 0 || size > LONGEST_BLOCK) {
      throw new IllegalArgumentException("RAID5 has no block of " + size + " bytes");
    }
    return (PREFIX + size + dataNodes() - 1) / dataNodes();
  }

  /**
   * The chunk of one node, {@link #chunkLength} bytes long. It is computed when it is read.
   *
   * @param size of the block
   * @param node its index; the last node has the parity
   */
  public ByteSource chunk(ByteSource block, long size, int node) {
    long length = chunkLength(size);
    if (node < dataNodes()) {
      return part(block, size, node * length);
    }
    List<ByteSource> data = new ArrayList<>();
    for (int i = 0; i < dataNodes(); i++) {
      data.add(part(block, size, i * length));
    }
    return xor(data);
  }

  /**
   * Assembles a block from its chunks. Checks the length and the padding; there is no checksum for
   * the block itself.
   *
   * @param chunks in the order of the nodes, at most one of them missing
   * @param length of each chunk in bytes
   * @throws InvalidChunksException when the length does not fit the chunks, or the padding is not
   *     zero; the message says what was found
   */
  public Block join(List<Optional<ByteSource>> chunks, long length)
      throws IOException, InvalidChunksException {
    List<ByteSource> data = data(chunks);
    ByteSource payload = (position, into) -> readAcross(data, length, position, into);
    long whole = length * dataNodes();
    if (whole < PREFIX) {
      throw new InvalidChunksException(
          "chunks of " + length + " bytes are too short for a length prefix");
    }
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
    payload.read(0, prefix);
    long size = Integer.toUnsignedLong(prefix.getInt(0));
    if (size + PREFIX > whole || chunkLength(size) != length) {
      throw new InvalidChunksException(
          "their length prefix says "
              + size
              + " bytes, which does not fit "
              + dataNodes()
              + " chunks of "
              + length
              + " bytes");
    }
    ByteBuffer padding = ByteBuffer.allocate((int) (whole - PREFIX - size));
    payload.read(PREFIX + size, padding);
    for (byte fill : padding.array()) {
      if (fill != 0) {
        throw new InvalidChunksException(
            "the padding after the block's " + size + " bytes is not zero");
      }
    }
    return new Block(size, (position, into) -> payload.read(PREFIX + position, into));
  }

  /** The data chunks. A missing one is computed from all others. */
  private List<ByteSource> data(List<Optional<ByteSource>> chunks) {
    List<ByteSource> there = chunks.stream().flatMap(Optional::stream).toList();
    if (chunks.size() != nodes || there.size() < dataNodes()) {
      throw new IllegalArgumentException(
          there.size() + " of " + chunks.size() + " chunks for RAID5 of " + nodes + " nodes");
    }
    return chunks.subList(0, dataNodes()).stream()
        .map(chunk -> chunk.orElseGet(() -> xor(there)))
        .toList();
  }

  /** The part of the payload that starts at {@code from}. */
  private static ByteSource part(ByteSource block, long size, long from) {
    return (position, into) -> {
      long at = from + position;
      while (into.hasRemaining()) {
        if (at < PREFIX) {
          into.put((byte) (size >>> (8 * (PREFIX - 1 - at))));
          at++;
        } else if (at < PREFIX + size) {
          int some = (int) Math.min(into.remaining(), PREFIX + size - at);
          ByteBuffer slice = into.slice(into.position(), some);
          block.read(at - PREFIX, slice);
          into.position(into.position() + some);
          at += some;
        } else {
          into.put((byte) 0);
          at++;
        }
      }
    };
  }

  private static void readAcross(
      List<ByteSource> chunks, long length, long position, ByteBuffer into) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      long within = at % length;
      int some = (int) Math.min(into.remaining(), length - within);
      ByteBuffer slice = into.slice(into.position(), some);
      chunks.get((int) (at / length)).read(within, slice);
      into.position(into.position() + some);
      at += some;
    }
  }

  private static ByteSource xor(List<ByteSource> all) {
    return (position, into) -> {
      byte[] sum = new byte[into.remaining()];
      byte[] next = new byte[sum.length];
      for (ByteSource bytes : all) {
        bytes.read(position, ByteBuffer.wrap(next));
        for (int i = 0; i < sum.length; i++) {
          sum[i] ^= next[i];
        }
      }
      into.put(sum);
    };
  }
}
