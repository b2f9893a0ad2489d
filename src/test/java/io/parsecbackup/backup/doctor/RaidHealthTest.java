package io.parsecbackup.backup.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.testing.EmbeddedS3;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The health of a RAID with missing buckets. */
class RaidHealthTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final BucketProbe PROBE =
      new BucketProbe(new S3Clients(Optional.empty(), Map.of(), VERTX));
  private static EmbeddedS3 s3;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.open();
    for (int i = 0; i < 4; i++) {
      s3.bucket("there-" + i).put("k", "x");
    }
  }

  @AfterAll
  static void stop() {
    s3.close();
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  private static Blockstore.Raid raid(RaidMode mode, int nodes, int lost) {
    List<Blockstore> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      all.add(
          new Blockstore.S3(
              Optional.of(s3.endpoint().toString()),
              s3.region(),
              (i < lost ? "lost-" : "there-") + i,
              s3.accessKey(),
              s3.secretKey()));
    }
    return new Blockstore.Raid(mode, all);
  }

  @ParameterizedTest
  @CsvSource({
    "RAID0, 2, 0, ok",
    "RAID0, 2, 1, failed",
    "RAID1, 3, 0, ok",
    "RAID1, 3, 2, note",
    "RAID1, 3, 3, failed",
    "RAID5, 4, 0, ok",
    "RAID5, 4, 1, note",
    "RAID5, 4, 2, failed",
  })
  void dependsOnTheObjectsThatCannotBeReadWithoutThem(
      RaidMode mode, int nodes, int lost, String state) {
    CheckResult health =
        RaidHealth.of("objects", raid(mode, nodes, lost), PROBE::readsAnObject, "can be read");
    assertEquals(state, health.state(), health.detail());
    assertEquals(!state.equals("failed"), health.isHealthy());
    assertTrue(health.detail().startsWith(mode + " of " + nodes + " buckets"), health.detail());
    for (int i = 0; i < nodes; i++) {
      assertEquals(i < lost, health.detail().contains("node " + i + ": "), health.detail());
    }
    assertEquals(lost > 0, health.detail().contains("lost-0"), health.detail());
    assertFalse(health.detail().contains(s3.secretKey()), health.detail());
  }

  /** The server does not use the parity: without a data chunk it answers HTTP 500. */
  @Test
  void reportsWhatTheServerCannotReadAndWhichCommandRefillsANode() {
    s3.bucket("emptied-0");
    Blockstore.Raid whole = raid(RaidMode.RAID5, 4, 0);
    for (int emptied : new int[] {0, 3}) {
      List<Blockstore> nodes = new ArrayList<>(whole.nodes());
      Blockstore.S3 there = (Blockstore.S3) nodes.get(emptied);
      nodes.set(
          emptied,
          new Blockstore.S3(
              there.endpoint(), there.region(), "emptied-0", there.accessKey(), there.secretKey()));
      CheckResult health =
          RaidHealth.ofObjects(new Blockstore.Raid(RaidMode.RAID5, nodes), PROBE::readsAnObject);
      assertEquals("note", health.state(), health.detail());
      assertTrue(health.detail().contains("node " + emptied + ": "), health.detail());
      assertTrue(health.detail().contains("restore --only objects --replace"), health.detail());
      assertEquals(emptied == 0, health.detail().contains("server cannot read"), health.detail());
    }
    assertEquals("ok", RaidHealth.ofObjects(whole, PROBE::readsAnObject).state());
    // Nothing was ever stored.
    Blockstore none =
        new Blockstore.S3(
            Optional.of(s3.endpoint().toString()),
            s3.region(),
            "emptied-0",
            s3.accessKey(),
            s3.secretKey());
    assertEquals(
        "ok",
        RaidHealth.ofObjects(
                new Blockstore.Raid(RaidMode.RAID1, List.of(none, none)), PROBE::readsAnObject)
            .state());
  }

  @Test
  void isBoundToTheBucketsOfAllNodesInTheirOrder() {
    assertEquals(
        List.of("lost-0", "there-1", "there-2"),
        SourceDatabase.buckets(raid(RaidMode.RAID5, 3, 1)));
    assertEquals(List.of(), SourceDatabase.buckets(new Blockstore.Postgresql()));
  }
}
