package io.parsecbackup.parsec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.RaidBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Raid5Test {

  private static final int LARGEST = (1 << 20) - 1;

  private static byte[] all(ByteSource bytes, long size) throws IOException {
    ByteBuffer into = ByteBuffer.allocate((int) size);
    bytes.read(0, into);
    return into.array();
  }

  private static List<Optional<ByteSource>> without(byte[][] chunks, int lost) {
    List<Optional<ByteSource>> there = new ArrayList<>();
    for (int i = 0; i < chunks.length; i++) {
      there.add(i == lost ? Optional.empty() : Optional.of(ByteSource.of(chunks[i])));
    }
    return there;
  }

  private static byte[] random(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static List<Integer> sizes(int nodes, Random random) {
    TreeSet<Integer> sizes = new TreeSet<>(List.of(524_328, LARGEST, LARGEST - 1, 65_536));
    for (int size = 0; size <= 5 * nodes; size++) {
      sizes.add(size);
    }
    for (int i = 0; i < 60; i++) {
      sizes.add(random.nextInt(2_000));
    }
    for (int i = 0; i < 6; i++) {
      sizes.add(random.nextInt(LARGEST));
    }
    return List.copyOf(sizes);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7})
  void splitsBlocksAndJoinsThemWhicheverNodeIsLost(int nodes) throws Exception {
    Random random = new Random(nodes);
    Raid5 raid = new Raid5(nodes);
    for (int size : sizes(nodes, random)) {
      byte[] block = random(random, size);
      byte[][] chunks = RaidBlocks.chunks(block, nodes);
      int length = chunks[0].length;
      assertEquals(length, raid.chunkLength(size), "size " + size);
      for (int node = 0; node < nodes; node++) {
        assertArrayEquals(
            chunks[node],
            all(raid.chunk(ByteSource.of(block), size, node), length),
            "size " + size);
      }
      for (int lost = -1; lost < nodes; lost++) {
        Raid5.Block joined = raid.join(without(chunks, lost), length);
        assertEquals(size, joined.size());
        assertArrayEquals(block, all(joined.bytes(), size), "size " + size + " without " + lost);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7})
  void readsFromAnyOffset(int nodes) throws Exception {
    Random random = new Random(nodes);
    Raid5 raid = new Raid5(nodes);
    byte[] block = random(random, 5_000);
    byte[][] chunks = RaidBlocks.chunks(block, nodes);
    int length = chunks[0].length;
    for (int i = 0; i < 2_000; i++) {
      int node = random.nextInt(nodes);
      int from = random.nextInt(length);
      ByteBuffer into = ByteBuffer.allocate(random.nextInt(length - from + 1));
      raid.chunk(ByteSource.of(block), block.length, node).read(from, into);
      assertArrayEquals(
          Arrays.copyOfRange(chunks[node], from, from + into.capacity()), into.array());
      int start = random.nextInt(block.length);
      ByteBuffer some = ByteBuffer.allocate(random.nextInt(block.length - start + 1));
      raid.join(without(chunks, node), length).bytes().read(start, some);
      assertArrayEquals(Arrays.copyOfRange(block, start, start + some.capacity()), some.array());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7})
  void refusesALengthThatSuchChunksCannotHave(int nodes) throws Exception {
    Random random = new Random(nodes);
    Raid5 raid = new Raid5(nodes);
    int k = nodes - 1;
    byte[] block = random(random, 10 * k);
    byte[][] chunks = RaidBlocks.chunks(block, nodes);
    int length = chunks[0].length;
    int most = length * k - 4;
    for (int claimed : List.of(most + 1, most - k, 0, 1, Integer.MAX_VALUE, -1, -4, -5)) {
      byte[][] broken = new byte[][] {chunks[0].clone()};
      ByteBuffer.wrap(broken[0]).putInt(claimed);
      byte[][] all = chunks.clone();
      all[0] = broken[0];
      Raid5.InvalidChunksException refused =
          assertThrows(
              Raid5.InvalidChunksException.class, () -> raid.join(without(all, k), length));
      String text = String.valueOf(refused.getMessage());
      assertTrue(text.contains(Integer.toUnsignedLong(claimed) + " bytes"), text);
      // The block can be read if the broken chunk is treated as lost.
      assertArrayEquals(block, all(raid.join(without(all, 0), length).bytes(), block.length));
    }
  }

  @Test
  void refusesPaddingThatIsNotZero() {
    Raid5 raid = new Raid5(4);
    for (int size = 0; size < 40; size++) {
      byte[][] chunks = RaidBlocks.chunks(random(new Random(size), size), 4);
      int length = chunks[0].length;
      for (int at = 4 + size; at < 3 * length; at++) {
        byte[][] broken = new byte[][] {chunks[0], chunks[1], chunks[2].clone(), chunks[3]};
        broken[2][at - 2 * length] = 1;
        assertThrows(
            Raid5.InvalidChunksException.class, () -> raid.join(without(broken, 3), length));
      }
    }
  }

  @Test
  void refusesChunksThatAreTooShortForALength() {
    byte[][] empty = new byte[3][0];
    assertThrows(Raid5.InvalidChunksException.class, () -> new Raid5(3).join(without(empty, 2), 0));
    byte[][] one = new byte[3][1];
    assertThrows(Raid5.InvalidChunksException.class, () -> new Raid5(3).join(without(one, 2), 1));
  }

  @Test
  void needsAllChunksExceptOne() {
    byte[][] chunks = RaidBlocks.chunks(new byte[10], 4);
    List<Optional<ByteSource>> two = new ArrayList<>(without(chunks, 0));
    two.set(3, Optional.empty());
    assertThrows(IllegalArgumentException.class, () -> new Raid5(4).join(two, chunks[0].length));
    assertThrows(IllegalArgumentException.class, () -> new Raid5(2));
  }
}
