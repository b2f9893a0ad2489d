package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.RaidBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Objects that are each on one of three nodes. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class Raid0ObjectsTest {

  @TempDir Path scratch;
  private RaidScenario raid;

  @BeforeEach
  void open() {
    raid = new RaidScenario(RaidMode.RAID0, 3, scratch);
  }

  @AfterEach
  void close() throws Exception {
    raid.close();
  }

  @Test
  void comeFromTheirNodeOnly() throws IOException {
    for (int i = 0; i < 30; i++) {
      byte[] block = Content.generated("k", i, 100 * i).bytes();
      String key = RaidScenario.key(i);
      raid.put(key, block);
      FetchResult result = raid.assertGives(block, key);
      assertEquals(Content.md5(block), result.fetched().etag());
    }
    assertEquals(30, raid.proxy.requests().size());
    assertTrue(raid.requests(0) > 0 && raid.requests(1) > 0 && raid.requests(2) > 0);
  }

  @Test
  void areUnchangedIfTheirNodeSaysSo() throws IOException {
    String key = RaidScenario.key(4);
    raid.put(key, new byte[5]);
    String etag = raid.assertGives(new byte[5], key).fetched().etag();
    assertEquals(
        Kind.UNCHANGED, raid.refusal(new FetchRequest(key, OptionalLong.of(5), "", etag)).kind());
    // Fetched when the source was another RAID.
    String before = "raid1 - " + etag;
    assertEquals(
        Kind.UNCHANGED, raid.refusal(new FetchRequest(key, OptionalLong.of(5), "", before)).kind());
  }

  /** The Parsec server does not notice when such an upload fails. */
  @Test
  void areAbsentIfTheirUploadWasLost() throws IOException {
    String key = RaidScenario.key(4);
    raid.nodes.get((RaidBlocks.node(key, 3) + 1) % 3).put(key, new byte[5]);
    assertEquals(Kind.ABSENT, raid.refusal(key, 5).kind());
  }

  @Test
  void areLostOnlyIfTheirNodeIs() throws IOException {
    raid.kill(1);
    for (int i = 0; i < 40; i++) {
      String key = RaidScenario.key(i);
      byte[] block = Content.generated("k", i, 100).bytes();
      raid.put(key, block);
      if (RaidBlocks.node(key, 3) == 1) {
        raid.refusal(key, 100);
      } else {
        raid.assertGives(block, key);
      }
    }
    assertEquals(RaidScenario.TRIES * (RaidScenario.MOST_IN_A_ROW + 1), raid.requests(1));
  }
}
