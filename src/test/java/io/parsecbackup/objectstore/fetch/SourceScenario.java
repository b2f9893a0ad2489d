package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.objectstore.raid.RaidScenario;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultRule;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A source of any layout on a server that can misbehave, a repository, and runs by references from
 * one to the other. It makes few tries with short waits, because these faults last.
 */
final class SourceScenario implements AutoCloseable {

  /** How a source distributes objects over its buckets. */
  enum Kind {
    SINGLE(1),
    RAID0(2),
    RAID1(2),
    RAID5(3);

    final int nodes;

    Kind(int nodes) {
      this.nodes = nodes;
    }

    /** Whether it can lose one of its nodes. */
    boolean isRedundant() {
      return this == RAID1 || this == RAID5;
    }
  }

  final FetchScenario scenario;
  final Kind kind;
  final List<S3Bucket> nodes = new ArrayList<>();

  /** The blocks that were put, by key. */
  final Map<String, byte[]> blocks = new TreeMap<>();

  SourceScenario(Kind kind, Path folder) {
    this.kind = kind;
    scenario = new FetchScenario(folder);
    scenario.retries = new Retries(1, Duration.ofMillis(2), Duration.ofMillis(10));
    for (int node = 0; node < kind.nodes; node++) {
      nodes.add(scenario.s3.bucket("node-" + node));
    }
  }

  static String key(int i) {
    return RaidScenario.key(i);
  }

  Blockstore blockstore() {
    List<Blockstore> places =
        nodes.stream().<Blockstore>map(node -> scenario.blockstore(node.name())).toList();
    return kind == Kind.SINGLE
        ? places.getFirst()
        : new Blockstore.Raid(RaidMode.valueOf(kind.name()), places);
  }

  /** Writes a block as the Parsec server does. */
  void put(String key, byte[] block) {
    blocks.put(key, block);
    switch (kind) {
      case SINGLE -> nodes.getFirst().put(key, block);
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

  /** Applies the fault to requests for this object, at every node. */
  FaultRule whenFetched(String key, Fault fault) {
    return scenario.proxy.when(S3Request.Kind.GET_OBJECT, key, fault);
  }

  /** Applies the fault to requests for this object at one node. */
  FaultRule whenFetchedFrom(int node, String key, Fault fault) {
    return scenario.proxy.when(
        isOf(node)
            .and(request -> request.kind() == S3Request.Kind.GET_OBJECT)
            .and(request -> request.key().equals(key)),
        fault);
  }

  Predicate<S3Request> isOf(int node) {
    return request -> request.bucket().equals("node-" + node);
  }

  /**
   * A run by references over all blocks, published at its end. Returns the lines of its list of
   * missing objects.
   */
  List<String> sync() throws IOException {
    return sync(false);
  }

  /**
   * @param compare whether the listings are compared too
   */
  List<String> sync(boolean compare) throws IOException {
    Map<String, Integer> sizes = new TreeMap<>();
    blocks.forEach((key, block) -> sizes.put(key, block.length));
    scenario.options = FetchOptions.references(scenario.references(sizes), compare);
    return scenario.sync(blockstore());
  }

  /** The objects whose files have the bytes that were put. */
  List<String> held() throws IOException {
    List<String> held = new ArrayList<>();
    for (Map.Entry<String, byte[]> block : blocks.entrySet()) {
      Path file = scenario.object(block.getKey());
      if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), block.getValue())) {
        held.add(block.getKey());
      }
    }
    return held;
  }

  @Override
  public void close() {
    scenario.close();
  }
}
