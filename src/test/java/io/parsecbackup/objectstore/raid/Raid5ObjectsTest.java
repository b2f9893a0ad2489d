package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.RaidBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects in chunks on three nodes, with their parity on a fourth. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class Raid5ObjectsTest {

  private static final String KEY = RaidScenario.key(1);
  private static final byte[] BLOCK = Content.generated(KEY, 1, 200_001).bytes();
  private static final int PARITY = 3;

  @TempDir Path scratch;
  private RaidScenario raid;

  @BeforeEach
  void open() {
    raid = new RaidScenario(RaidMode.RAID5, 4, scratch);
    raid.put(KEY, BLOCK);
  }

  @AfterEach
  void close() throws Exception {
    raid.close();
  }

  private static FetchRequest held(String etag) {
    return new FetchRequest(KEY, OptionalLong.of(BLOCK.length), "", etag);
  }

  private byte[] chunk(int node) {
    return raid.nodes.get(node).get(KEY).orElseThrow();
  }

  private List<Integer> sizes() {
    Random random = new Random(3);
    return List.of(
        0,
        1,
        2,
        3,
        4,
        5,
        8,
        524_328,
        (1 << 20) - 1,
        random.nextInt(1 << 20),
        random.nextInt(9_000));
  }

  @Test
  void areBuiltFromTheDataChunksOnly() throws IOException {
    for (int size : sizes()) {
      byte[] block = Content.generated("any", size, size).bytes();
      String key = RaidScenario.key(size);
      raid.put(key, block);
      FetchResult result = raid.assertGives(block, key);
      byte[][] chunks = RaidBlocks.chunks(block, 4);
      assertEquals(
          "raid5 "
              + Content.md5(chunks[0])
              + " "
              + Content.md5(chunks[1])
              + " "
              + Content.md5(chunks[2])
              + " -",
          result.fetched().etag());
      assertEquals(ContentCheck.ETAG, result.check());
    }
    assertEquals(0, raid.counters.degraded());
    assertEquals(0, raid.requests(PARITY));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void areRebuiltWhicheverNodeIsDown(int dead) throws IOException {
    raid.kill(dead);
    List<Integer> sizes = sizes();
    for (int size : sizes) {
      byte[] block = Content.generated("any", size, size).bytes();
      raid.put(RaidScenario.key(size), block);
      raid.assertGives(block, RaidScenario.key(size));
    }
    assertEquals(dead == PARITY ? 0 : sizes.size(), raid.counters.degraded());
    assertEquals(
        dead == PARITY ? 0 : RaidScenario.TRIES * (RaidScenario.MOST_IN_A_ROW + 1),
        raid.requests(dead));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void areRebuiltIfAChunkIsLost(int node) throws IOException {
    raid.nodes.get(node).delete(KEY);
    NodeEtags etags = NodeEtags.parse(raid.assertGives(BLOCK, KEY).fetched().etag()).orElseThrow();
    for (int i = 0; i < 4; i++) {
      assertEquals(
          i == node ? "" : raid.nodes.get(i).object(KEY).orElseThrow().etag(), etags.part(i));
    }
    assertEquals(1, raid.counters.degraded());
    raid.assertGives(BLOCK, new FetchRequest(KEY, OptionalLong.empty(), "", ""));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void areRebuiltIfAChunkHasTheWrongLength(int node) throws IOException {
    raid.nodes.get(node).put(KEY, Arrays.copyOf(chunk(node), 1_000));
    raid.assertGives(BLOCK, KEY);
    raid.nodes.get(node).put(KEY, Arrays.copyOf(chunk(0), 300_000));
    raid.assertGives(BLOCK, new FetchRequest(KEY, OptionalLong.empty(), "", ""));
    assertEquals(2, raid.counters.degraded());
  }

  @Test
  void areRebuiltIfTheLengthPrefixIsWrong() throws IOException {
    byte[] first = chunk(0).clone();
    ByteBuffer.wrap(first).putInt(7);
    raid.nodes.get(0).put(KEY, first);
    raid.assertGives(BLOCK, KEY);
    raid.assertGives(BLOCK, new FetchRequest(KEY, OptionalLong.empty(), "", ""));
    // A length that such chunks may have: only the size in the row shows that it is wrong.
    ByteBuffer.wrap(first).putInt(BLOCK.length - 1);
    raid.nodes.get(0).put(KEY, first);
    raid.assertGives(BLOCK, KEY);
    assertEquals(3, raid.counters.degraded());
  }

  @Test
  void areRebuiltIfThePaddingIsNotZero() throws IOException {
    byte[] block = Content.generated(KEY, 1, 1_000).bytes();
    raid.put(KEY, block);
    byte[] last = chunk(2).clone();
    last[last.length - 1] = 1;
    raid.nodes.get(2).put(KEY, last);
    raid.assertGives(block, KEY);
    assertEquals(1, raid.counters.degraded());
  }

  @Test
  void areRefusedIfNoSetOfChunksFormsABlock() throws IOException {
    for (int node : List.of(0, PARITY)) {
      byte[] broken = chunk(node).clone();
      Arrays.fill(broken, (byte) 0x7f);
      raid.nodes.get(node).put(KEY, broken);
    }
    TransferException failure = raid.refusal(KEY, BLOCK.length);
    assertEquals(Kind.REFUSED, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains("do not form a block"));
  }

  @Test
  void haveTheirOwnSizeIfTheRowHasAnother() throws IOException {
    raid.assertGives(BLOCK, new FetchRequest(KEY, OptionalLong.of(12), "", ""));
    assertEquals(0, raid.counters.degraded());
  }

  @Test
  void areAbsentIfTwoChunksAreMissing() throws IOException {
    raid.nodes.get(1).delete(KEY);
    raid.nodes.get(3).delete(KEY);
    assertEquals(Kind.ABSENT, raid.refusal(KEY, BLOCK.length).kind());
    assertEquals(Kind.ABSENT, raid.refusal(RaidScenario.key(9), 5).kind());
  }

  @Test
  void areUnreadableIfTwoNodesAreDown() throws IOException {
    raid.kill(0);
    raid.kill(2);
    TransferException failure = raid.refusal(KEY, BLOCK.length);
    String text = String.valueOf(failure.getMessage());
    assertEquals(Kind.TEMPORARY, failure.kind());
    assertTrue(text.contains("node 0 (bucket node-0): "), text);
    assertTrue(text.contains("node 2 (bucket node-2): "), text);
  }

  @Test
  void areUnchangedIfEnoughChunksAre() throws IOException {
    String etag = raid.assertGives(BLOCK, KEY).fetched().etag();
    assertEquals(Kind.UNCHANGED, raid.refusal(held(etag)).kind());
    assertEquals(0, raid.requests(PARITY));
    raid.nodes.get(1).delete(KEY);
    String rebuilt = raid.assertGives(BLOCK, held(etag)).fetched().etag();
    assertEquals(Kind.UNCHANGED, raid.refusal(held(rebuilt)).kind());
  }

  @Test
  void areFetchedAgainIfAChunkHasChanged() throws IOException {
    String etag = raid.assertGives(BLOCK, KEY).fetched().etag();
    byte[] other = Content.generated(KEY, 2, BLOCK.length).bytes();
    raid.put(KEY, other);
    raid.assertGives(other, held(etag));
  }

  @Test
  void haveTheDateOfTheNewestChunk() throws IOException {
    Instant newest = Instant.parse("2026-05-06T07:08:09Z");
    for (int node = 0; node < 4; node++) {
      raid.nodes
          .get(node)
          .put(KEY, Content.of(chunk(node)), newest.minusSeconds(node == 1 ? 0 : 60 + node));
    }
    assertEquals(newest, raid.assertGives(BLOCK, KEY).fetched().lastModified());
  }
}
