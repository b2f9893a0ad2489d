package io.parsecbackup.bench;

import io.parsecbackup.Cancellation;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.RecordStream;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.StableStorage;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.sync.BucketRestore;
import io.parsecbackup.sync.RestoreCounters;
import io.parsecbackup.sync.RestoreOptions;
import io.parsecbackup.sync.S3Clients;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * All objects of a repository into the bucket that {@code TARGET} names as Parsec does, in a
 * process of its own. Argument: the repository.
 */
public final class RestoreMain {

  private RestoreMain() {}

  public static void main(String[] args) throws Exception {
    Blockstore.S3 target = (Blockstore.S3) Blockstore.parse(System.getenv("TARGET"));
    Repository repository = Repository.at(Path.of(args[0]), new StableStorage());
    RestoreCounters counters = new RestoreCounters();
    try (Workspace workspace = repository.reserve(Instant.now());
        RecordStream records = workspace.known()) {
      new BucketRestore(
              new S3Clients(S3AsyncClient::builder, Optional.empty(), Vertx.vertx()),
              new DefaultSettings())
          .restore(
              target,
              records,
              repository.objects(),
              workspace.scratch(),
              new RestoreOptions(false, false),
              counters,
              (key, problem, expected, found) -> {
                throw new IllegalStateException(key + " " + problem);
              },
              new Cancellation());
    }
    System.out.println(counters.sent() + " sent, " + counters.skipped() + " skipped");
    // Vert.x and Mutiny's worker pool, which Quarkus would manage, keep the JVM alive.
    System.exit(0);
  }
}
