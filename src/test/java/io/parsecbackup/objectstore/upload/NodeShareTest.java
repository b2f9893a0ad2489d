package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.raid.NodeEtags;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.objectstore.raid.RaidScenario;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is uploaded to a bucket that is one node of a RAID. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class NodeShareTest {

  private static final int NODES = 4;

  @TempDir Path folder;
  private UploadScenario scenario;

  @BeforeEach
  void open() throws IOException {
    scenario = new UploadScenario(folder);
    scenario.target();
  }

  @AfterEach
  void close() throws IOException {
    assertTrue(scenario.scratchIsEmpty());
    scenario.close();
  }

  private void fill() throws IOException {
    for (int size : List.of(0, 1, 2, 3, 4, 5, 6, 7, 1_000, 65_537, 524_328)) {
      String key = RaidScenario.key(size);
      scenario.add(key, Content.generated(key, 1, size).bytes());
    }
  }

  private void nodeOfRaid5(int node) {
    scenario.share = new NodeShare.Chunks(new Raid5(NODES), node);
  }

  private byte[] chunk(String key, int node) throws IOException {
    return RaidBlocks.chunks(scenario.bytes(key), NODES)[node];
  }

  private Map<String, String> chunks(int node) throws IOException {
    Map<String, String> chunks = new TreeMap<>();
    for (String key : scenario.records.keySet()) {
      chunks.put(key, Content.md5(chunk(key, node)));
    }
    return chunks;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void isOneChunkOfEveryObjectWithRaid5(int node) throws IOException {
    fill();
    scenario.add("larger-than-memory", Content.generated("larger", 1, 9 << 20).bytes());
    nodeOfRaid5(node);
    scenario.restore();
    assertEquals(chunks(node), scenario.held());
    assertEquals(12, scenario.counters.sent());
    assertEquals(
        scenario.target().objects().values().stream()
            .mapToLong(object -> object.content().size())
            .sum(),
        scenario.counters.sentBytes());
    assertEquals(List.of(), List.copyOf(scenario.findings));

    scenario.proxy.reset();
    scenario.restore();
    assertEquals(12, scenario.counters.skipped());
    assertEquals(0, scenario.proxy.count(Kind.PUT_OBJECT));
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
  }

  @Test
  void isComparedByItsBytesIfETagsProveNothing() throws IOException {
    fill();
    nodeOfRaid5(3);
    scenario.restore();
    scenario.proxy.when(Kind.LIST, Fault.multipartEtag());
    String other = RaidScenario.key(1_000);
    byte[] wrong = chunk(other, 3);
    wrong[7] ^= 1;
    scenario.target().put(other, wrong);

    scenario.restore();
    assertEquals(10, scenario.counters.skipped());
    assertEquals(1, scenario.counters.differing());
    String finding = scenario.findings.element();
    assertTrue(
        finding.startsWith(
            other
                + " differs: the chunk of "
                + wrong.length
                + " bytes of an object of 1000 bytes, SHA-256 "
                + scenario.sha256(other)),
        finding);

    scenario.restore(true, false);
    assertEquals(1, scenario.counters.replaced());
    assertEquals(chunks(3), scenario.held());
  }

  /** If the ETags of the backup prove the chunk, the object's file is not read. */
  @Test
  void isComparedByTheETagsOfABackupOfTheSameRaid() throws IOException {
    String key = RaidScenario.key(1);
    byte[] block = Content.generated(key, 1, 5_000).bytes();
    byte[][] chunks = RaidBlocks.chunks(block, NODES);
    List<String> etags = Arrays.stream(chunks).map(Content::md5).toList();
    scenario.record(key, block, new NodeEtags(RaidMode.RAID5, etags).text());
    scenario.target().put(key, chunks[2]);
    nodeOfRaid5(2);
    // The repository has no such file, and does not need it.
    scenario.restore();
    assertEquals(1, scenario.counters.skipped());
    assertEquals(0, scenario.counters.damaged());
  }

  @Test
  void isNeverBuiltFromDamagedBytes() throws IOException {
    fill();
    String flipped = RaidScenario.key(1_000);
    byte[] right = chunk(flipped, 1);
    byte[] bytes = scenario.bytes(flipped);
    bytes[999] ^= 1;
    Files.write(scenario.file(flipped), bytes);
    String lost = RaidScenario.key(524_328);
    Files.delete(scenario.file(lost));
    nodeOfRaid5(1);
    scenario.restore();
    assertEquals(9, scenario.counters.sent());
    assertEquals(2, scenario.counters.damaged());
    assertEquals(9, scenario.target().size());

    // The object of the target is not reported as different either.
    scenario.target().put(flipped, right);
    scenario.restore(true, false);
    assertEquals(2, scenario.counters.damaged());
    assertEquals(0, scenario.counters.differing());
    assertArrayEquals(right, scenario.target().get(flipped).orElseThrow());
  }

  @Test
  void isCompletedAfterAFailure() throws IOException {
    for (int i = 0; i < 300; i++) {
      String key = RaidScenario.key(i);
      scenario.add(key, Content.generated(key, 1, 100 + i).bytes());
    }
    nodeOfRaid5(0);
    AtomicInteger puts = new AtomicInteger();
    scenario.proxy.when(
        request ->
            request.kind() == Kind.PUT_OBJECT
                && request.header("If-None-Match").isEmpty()
                && puts.incrementAndGet() > 100,
        new Fault.Drop());
    assertThrows(Problem.class, scenario::restore);
    assertEquals(100, scenario.target().size());

    scenario.proxy.reset();
    scenario.restore();
    assertEquals(200, Set.copyOf(scenario.sentKeys()).size());
    assertEquals(100, scenario.counters.skipped());
    assertEquals(chunks(0), scenario.held());
  }

  @Test
  void isTheNodesOwnObjectsWithRaid0() throws IOException {
    fill();
    Map<String, String> all = scenario.stored();
    for (int node = 0; node < 3; node++) {
      int own = node;
      scenario.target().clear();
      scenario.share = NodeShare.of(RaidMode.RAID0, node, 3);
      scenario.restore();
      Map<String, String> expected = new TreeMap<>(all);
      expected.keySet().removeIf(key -> RaidBlocks.node(key, 3) != own);
      assertEquals(expected, scenario.held());
      assertEquals(expected.size(), scenario.counters.wanted());
    }
  }

  @Test
  void isNotUploadedInADryRun() throws IOException {
    fill();
    nodeOfRaid5(3);
    scenario.restore(false, true);
    assertEquals(11, scenario.counters.wanted());
    long bytes = 0;
    for (String key : scenario.records.keySet()) {
      bytes += chunk(key, 3).length;
    }
    assertEquals(bytes, scenario.counters.wantedBytes());
    assertEquals(0, scenario.target().size());
  }
}
