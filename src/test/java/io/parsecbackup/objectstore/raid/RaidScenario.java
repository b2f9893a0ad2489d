package io.parsecbackup.objectstore.raid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.s3.HttpTransfer;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.StoreProbe;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.ReceivedBytes;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Blocks on the nodes of a RAID, written as the Parsec server writes them. */
public final class RaidScenario implements AutoCloseable {

  public static final int MOST_IN_A_ROW = 5;

  /** Tries for each request. */
  static final int TRIES = 3;

  private static final Retries RETRIES =
      new Retries(TRIES - 1, Duration.ofMillis(2), Duration.ofMillis(10));

  final EmbeddedS3 s3 = EmbeddedS3.open();
  public final FaultyProxy proxy = FaultyProxy.before(s3.endpoint());
  final RaidCounters counters = new RaidCounters();
  final List<S3Bucket> nodes = new ArrayList<>();
  private final RaidMode mode;
  private final Path scratch;
  private final BodyScratch bodies;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final ObjectSource source;

  public RaidScenario(RaidMode mode, int count, Path scratch) {
    this.mode = mode;
    this.scratch = scratch;
    this.bodies = FetchScenario.CLIENTS.bodies(scratch);
    ExecutorService disk = Executors.newFixedThreadPool(4);
    Bandwidth limit = Bandwidth.of(OptionalLong.empty());
    List<RaidNode> sources = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(s3.bucket("node-" + i));
      Blockstore.S3 place =
          new Blockstore.S3(
              Optional.of(proxy.endpoint().toString()),
              s3.region(),
              "node-" + i,
              s3.accessKey(),
              s3.secretKey());
      ObjectTransfer transfer = new HttpTransfer(FetchScenario.CLIENTS.open(place, 4), disk, limit);
      opened.add(transfer);
      sources.add(
          new RaidNode(
              "node " + i + " (bucket node-" + i + ")",
              new NodeObjects(
                  transfer,
                  disk,
                  RETRIES,
                  bodies,
                  new ContentVerifier(new EtagTrust("node " + i, () -> false))),
              new OutageWatch(MOST_IN_A_ROW, new StoreProbe(transfer, RETRIES, bodies).ask())));
    }
    opened.add(disk);
    source = RaidObjects.of(mode, sources, counters, disk, bodies);
  }

  public static String key(int i) {
    return "CoolOrg/" + new UUID(0x1234_5678_9abc_4defL * (i + 1), 31L * i * i + 7);
  }

  /** Writes a block as the server does. */
  public void put(String key, byte[] block) {
    switch (mode) {
      case RAID0 -> nodes.get(RaidBlocks.node(key, nodes.size())).put(key, block);
      case RAID1 -> nodes.forEach(node -> node.put(key, block));
      case RAID5 -> {
        byte[][] chunks = RaidBlocks.chunks(block, nodes.size());
        for (int i = 0; i < chunks.length; i++) {
          nodes.get(i).put(key, chunks[i]);
        }
      }
    }
  }

  /** From now on, the node does not answer. */
  void kill(int node) {
    proxy.when(isOf(node), new Fault.Drop());
  }

  public Predicate<S3Request> isOf(int node) {
    return request -> request.bucket().equals("node-" + node);
  }

  long requests(int node) {
    return proxy.requests().stream().filter(isOf(node)).count();
  }

  FetchResult get(String key, long size) {
    return get(new FetchRequest(key, OptionalLong.of(size), "", ""));
  }

  FetchResult get(FetchRequest request) {
    return source.get(request).await().atMost(Duration.ofSeconds(30));
  }

  /** Why the object cannot be fetched. */
  TransferException refusal(FetchRequest request) throws IOException {
    TransferException failure = assertThrows(TransferException.class, () -> get(request));
    assertNothingLeft();
    return failure;
  }

  public TransferException refusal(String key, long size) throws IOException {
    return refusal(new FetchRequest(key, OptionalLong.of(size), "", ""));
  }

  /** Fetches the object, and expects these bytes, no other copy and no other file in scratch. */
  public FetchResult assertGives(byte[] block, FetchRequest request) throws IOException {
    FetchResult result = get(request);
    byte[] bytes = ReceivedBytes.of(result.content());
    assertArrayEquals(block, bytes, request.key());
    assertEquals(block.length, result.fetched().size());
    assertEquals(Content.md5(block), result.fetched().md5());
    assertEquals(Sha256.of(bytes), result.fetched().sha256());
    assertEquals(List.of(), result.others());
    result.close();
    assertNothingLeft();
    return result;
  }

  public FetchResult assertGives(byte[] block, String key) throws IOException {
    return assertGives(block, new FetchRequest(key, OptionalLong.of(block.length), "", ""));
  }

  /** Expects that nothing of what was received is in memory or in scratch any more. */
  void assertNothingLeft() throws IOException {
    assertEquals(0, bodies.reserved());
    try (Stream<Path> files = Files.list(scratch)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    proxy.close();
    s3.close();
  }
}
