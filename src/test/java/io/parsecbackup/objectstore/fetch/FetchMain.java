package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run in a separate process, with less memory or disk than a test has. */
final class FetchMain {

  private FetchMain() {}

  /**
   * @param args endpoint, bucket, access key and repository. The secret key is in {@code SECRET}.
   */
  public static void main(String[] args) throws IOException {
    Blockstore.S3 place =
        new Blockstore.S3(
            Optional.of(args[0]), "test-region-1", args[1], args[2], System.getenv("SECRET"));
    FetchCounters counters = new FetchCounters();
    Repository repository = Repository.at(new FolderStorage(Path.of(args[3]), new StableStorage()));
    try (RepositoryLocks.Held lock = repository.lock("test")) {
      repository.bind(new Source(Optional.of("1"), "parsec", List.of(args[1])));
      try (Workspace workspace = repository.reserve(lock, Instant.now())) {
        S3Clients clients = new S3Clients(Optional.empty(), Map.of(), Vertx.vertx());
        new BucketFetcher(clients, new FetchScenario.Settings(Optional.empty(), Optional.empty()))
            .fetch(
                FetchOptions.listing(Optional.empty()),
                place,
                repository,
                workspace,
                counters,
                new Cancellation());
      }
    } catch (IOException e) {
      System.out.println("IOException: " + e.getMessage());
    } catch (Problem e) {
      System.out.println("Problem: " + e.getMessage());
    }
    System.out.println("copied=" + counters.copied());
    System.out.println("failed=" + counters.failed());
    System.exit(0);
  }
}
