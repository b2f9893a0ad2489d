package io.parsecbackup.parsec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * RAID5 as the Parsec server 3.9 lays it out. A block's length as an unsigned big-endian integer of
 * 32 bits and the block itself, filled up with zeros, are cut into as many chunks of one length as
 * there are nodes but one; the last node has the exclusive or of all of them.
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
   * A block that was put together.
   *
   * @param size in bytes, as its prefix says
   */
  public record Block(long size, Bytes bytes) {}

  /** The chunks are not those of one block. */
  public static final class NoBlockException extends Exception {
    NoBlockException(String message) {
      super(message);
    }
  }

  /** Nodes that hold a block's own bytes; the one after them holds the parity. */
  public int dataNodes() {
    return nodes - 1;
  }

  /** Bytes of each chunk of a block of {@code size} bytes. */
  public long chunkLength(long size) {
    if (size < 0 || size > LONGEST_BLOCK) {
      throw new IllegalArgumentException("RAID5 has no block of " + size + " bytes");
    }
    return (PREFIX + size + dataNodes() - 1) / dataNodes();
  }

  /**
   * The chunk of one node, {@link #chunkLength} bytes, made as it is read.
   *
   * @param size of the block
   * @param node its index; that of the last one is for the parity
   */
  public Bytes chunk(Bytes block, long size, int node) {
    long length = chunkLength(size);
    if (node < dataNodes()) {
      return part(block, size, node * length);
    }
    List<Bytes> data = new ArrayList<>();
    for (int i = 0; i < dataNodes(); i++) {
      data.add(part(block, size, i * length));
    }
    return xor(data);
  }

  /**
   * Puts a block together again. What its length says is checked; its bytes have nothing that they
   * could be checked by.
   *
   * @param chunks in the order of the nodes, at most one of them missing
   * @param length of each, in bytes
   * @throws NoBlockException when its length is not one that has such chunks, or what should fill
   *     it up is not zero; the message says what was found
   */
  public Block join(List<Optional<Bytes>> chunks, long length)
      throws IOException, NoBlockException {
    List<Bytes> data = data(chunks);
    Bytes payload = (position, into) -> readAcross(data, length, position, into);
    long whole = length * dataNodes();
    if (whole < PREFIX) {
      throw new NoBlockException("chunks of " + length + " bytes have no room for a length");
    }
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
    payload.read(0, prefix);
    long size = Integer.toUnsignedLong(prefix.getInt(0));
    if (size + PREFIX > whole || chunkLength(size) != length) {
      throw new NoBlockException(
          "their length prefix says "
              + size
              + " bytes, which "
              + dataNodes()
              + " chunks of "
              + length
              + " bytes are not");
    }
    ByteBuffer padding = ByteBuffer.allocate((int) (whole - PREFIX - size));
    payload.read(PREFIX + size, padding);
    for (byte fill : padding.array()) {
      if (fill != 0) {
        throw new NoBlockException("behind the block's " + size + " bytes are others than zeros");
      }
    }
    return new Block(size, (position, into) -> payload.read(PREFIX + position, into));
  }

  /** The data chunks, the missing one made of all others. */
  private List<Bytes> data(List<Optional<Bytes>> chunks) {
    List<Bytes> there = chunks.stream().flatMap(Optional::stream).toList();
    if (chunks.size() != nodes || there.size() < dataNodes()) {
      throw new IllegalArgumentException(
          there.size() + " of " + chunks.size() + " chunks for RAID5 of " + nodes + " nodes");
    }
    return chunks.subList(0, dataNodes()).stream()
        .map(chunk -> chunk.orElseGet(() -> xor(there)))
        .toList();
  }

  /** What of the block with its prefix and its zeros begins at {@code from}. */
  private static Bytes part(Bytes block, long size, long from) {
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

  private static void readAcross(List<Bytes> chunks, long length, long position, ByteBuffer into)
      throws IOException {
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

  private static Bytes xor(List<Bytes> all) {
    return (position, into) -> {
      byte[] sum = new byte[into.remaining()];
      byte[] next = new byte[sum.length];
      for (Bytes bytes : all) {
        bytes.read(position, ByteBuffer.wrap(next));
        for (int i = 0; i < sum.length; i++) {
          sum[i] ^= next[i];
        }
      }
      into.put(sum);
    };
  }
}
