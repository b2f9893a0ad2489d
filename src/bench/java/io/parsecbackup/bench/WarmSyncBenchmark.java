package io.parsecbackup.bench;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.fetch.FetchCounters;
import io.parsecbackup.objectstore.fetch.FetchOptions;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Several full syncs in one JVM, without a dump: shows the time that a service needs after it has
 * been running for a while.
 */
public final class WarmSyncBenchmark {

  private WarmSyncBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("warm-benchmark");
    Vertx vertx = Vertx.vertx();
    try (Stack stack = Stack.start(folder, 20_000, 16_384)) {
      Blockstore.S3 bucket =
          (Blockstore.S3)
              BlockstoreParser.parse(String.valueOf(stack.environment().get("PARSEC_BLOCKSTORE")));
      BucketFetcher sync =
          new BucketFetcher(
              new S3Clients(Optional.empty(), Map.of(), vertx), new DefaultSettings());
      for (int round = 1; round <= 5; round++) {
        Path root = folder.resolve("repository" + round);
        Repository repository = Repository.at(new FolderStorage(root, new StableStorage()));
        repository.rebind(new Source(Optional.empty(), "parsec", List.of(bucket.bucket())));
        FetchCounters counters = new FetchCounters();
        long start = System.nanoTime();
        try (Workspace workspace = repository.reserve(NoLock.HELD, Instant.now())) {
          sync.fetch(
              FetchOptions.listing(Optional.empty()),
              bucket,
              repository,
              workspace,
              counters,
              new Cancellation());
        }
        System.out.printf(
            Locale.ROOT,
            "round %d: %d objects in %.1f s%n",
            round,
            counters.copied(),
            (System.nanoTime() - start) / 1e9);
        SyncBenchmark.delete(root);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
      SyncBenchmark.delete(folder);
    }
    // Mutiny's default worker pool keeps the JVM alive; in the program, Quarkus manages it.
    System.exit(0);
  }
}
