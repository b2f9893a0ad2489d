package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.ReceivedBytes;
import io.parsecbackup.testing.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that have a copy on each node. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class Raid1ObjectsTest {

  private static final String KEY = RaidScenario.key(1);
  private static final byte[] BLOCK = Content.generated(KEY, 1, 70_001).bytes();
  private static final byte[] OTHER = Content.generated(KEY, 2, 70_001).bytes();
  private static final byte[] SHORT = Content.generated(KEY, 3, 500).bytes();
  private static final String MD5 = Content.md5(BLOCK);

  @TempDir Path scratch;
  private RaidScenario raid;

  @BeforeEach
  void open() {
    raid = new RaidScenario(RaidMode.RAID1, 3, scratch);
    raid.put(KEY, BLOCK);
  }

  @AfterEach
  void close() throws Exception {
    raid.close();
  }

  private static FetchRequest held(String etag) {
    return new FetchRequest(KEY, OptionalLong.of(BLOCK.length), "", etag);
  }

  @Test
  void areReadOnceAndComparedByTheirETags() throws IOException {
    FetchResult result = raid.assertGives(BLOCK, KEY);
    assertEquals("raid1 " + MD5 + " " + MD5 + " " + MD5, result.fetched().etag());
    assertEquals(ContentCheck.ETAG, result.check());
    assertEquals(0, raid.counters.degraded());
    assertEquals(
        2,
        raid.proxy.requests().stream()
            .filter(request -> request.header("If-None-Match").equals(Optional.of('"' + MD5 + '"')))
            .count());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void comeFromOtherNodesWhenOneIsDown(int dead) throws IOException {
    raid.kill(dead);
    for (int i = 0; i < 20; i++) {
      byte[] block = Content.generated("k", i, 1_000 + i).bytes();
      raid.put(RaidScenario.key(i), block);
      NodeEtags etags =
          NodeEtags.parse(raid.assertGives(block, RaidScenario.key(i)).fetched().etag())
              .orElseThrow();
      for (int node = 0; node < 3; node++) {
        assertEquals(node == dead ? "" : Content.md5(block), etags.part(node));
      }
    }
    assertEquals(20, raid.counters.degraded());
    // The tries of each object and of a probe. After that the node is no longer used.
    assertEquals(RaidScenario.TRIES * (RaidScenario.MOST_IN_A_ROW + 1), raid.requests(dead));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void comeFromAnotherNodeIfACopyIsMissing(int node) throws IOException {
    raid.nodes.get(node).delete(KEY);
    raid.assertGives(BLOCK, KEY);
    assertEquals(1, raid.counters.degraded());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void comeFromAnotherNodeIfACopyHasTheWrongSize(int node) throws IOException {
    raid.nodes.get(node).put(KEY, SHORT);
    NodeEtags etags = NodeEtags.parse(raid.assertGives(BLOCK, KEY).fetched().etag()).orElseThrow();
    assertEquals("", etags.part(node));
    assertEquals(1, raid.counters.degraded());
  }

  @Test
  void comeFromTheFirstNodeIfTheSizeIsUnknown() throws IOException {
    raid.nodes.get(1).put(KEY, SHORT);
    raid.assertGives(BLOCK, new FetchRequest(KEY, OptionalLong.empty(), "", ""));
    assertEquals(1, raid.counters.degraded());
  }

  @Test
  void areReturnedWithTheWrongSizeIfNoNodeHasTheRightOne() throws IOException {
    raid.nodes.get(0).delete(KEY);
    raid.assertGives(BLOCK, new FetchRequest(KEY, OptionalLong.of(3), "", ""));
    assertEquals(1, raid.counters.degraded());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void includeEachCopyWithOtherBytesOnce(int node) throws IOException {
    raid.nodes.get(node).put(KEY, OTHER);
    FetchResult result = raid.get(KEY, BLOCK.length);
    assertEquals(1, result.others().size());
    byte[] first = ReceivedBytes.of(result.content());
    byte[] second = ReceivedBytes.of(result.others().getFirst().body().content());
    assertArrayEquals(node == 0 ? OTHER : BLOCK, first);
    assertArrayEquals(node == 0 ? BLOCK : OTHER, second);
    assertEquals(Content.md5(second), result.others().getFirst().object().md5());
    NodeEtags etags = NodeEtags.parse(result.fetched().etag()).orElseThrow();
    for (int i = 0; i < 3; i++) {
      assertEquals(
          (i == node) == (node == 0) ? Content.md5(first) : "", etags.part(i), "node " + i);
    }
    assertEquals(0, raid.counters.degraded());
    result.close();
    raid.assertNothingLeft();
  }

  @Test
  void areComparedByTheirBytesIfETagsDiffer() throws IOException {
    // The ETag of an object that was uploaded in parts.
    raid.nodes
        .get(1)
        .put(
            KEY,
            new StoredObject(
                Content.of(BLOCK), MD5 + "-2", Instant.EPOCH, Map.of(), Optional.empty()));
    FetchResult result = raid.assertGives(BLOCK, KEY);
    assertEquals("raid1 " + MD5 + " " + MD5 + "-2 " + MD5, result.fetched().etag());
    assertEquals(0, raid.counters.degraded());
  }

  @Test
  void areAbsentIfNoNodeHasThem() throws IOException {
    raid.nodes.forEach(node -> node.delete(KEY));
    assertEquals(Kind.ABSENT, raid.refusal(KEY, BLOCK.length).kind());
  }

  @Test
  void areUnreadableIfOneNodeIsDownAndTheOthersDoNotHaveThem() throws IOException {
    raid.nodes.forEach(node -> node.delete(KEY));
    raid.kill(1);
    TransferException failure = raid.refusal(KEY, BLOCK.length);
    assertEquals(Kind.REFUSED, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains("node 1 (bucket node-1): "));
  }

  @Test
  void areUnchangedIfTheNodesThatAnswerSaySo() throws IOException {
    String etag = raid.assertGives(BLOCK, KEY).fetched().etag();
    assertEquals(Kind.UNCHANGED, raid.refusal(held(etag)).kind());
    assertEquals(0, raid.counters.degraded());
    assertEquals(Kind.UNCHANGED, raid.refusal(held("raid1 - " + MD5 + " -")).kind());
    raid.nodes.get(2).delete(KEY);
    assertEquals(Kind.UNCHANGED, raid.refusal(held(etag)).kind());
    assertEquals(1, raid.counters.degraded());
    // Fetched when the source was a single bucket.
    assertEquals(Kind.UNCHANGED, raid.refusal(held(MD5)).kind());
  }

  @Test
  void areFetchedAgainIfOneNodeHasOtherBytes() throws IOException {
    String etag = raid.assertGives(BLOCK, KEY).fetched().etag();
    raid.nodes.get(2).put(KEY, OTHER);
    FetchResult result = raid.get(held(etag));
    assertArrayEquals(BLOCK, ReceivedBytes.of(result.content()));
    assertArrayEquals(OTHER, ReceivedBytes.of(result.others().getFirst().body().content()));
    result.close();
    raid.assertNothingLeft();
  }

  @Test
  void areAbsentIfNoNodeHasThemAnyMore() throws IOException {
    String etag = raid.assertGives(BLOCK, KEY).fetched().etag();
    raid.nodes.forEach(node -> node.delete(KEY));
    assertEquals(Kind.ABSENT, raid.refusal(held(etag)).kind());
  }
}
