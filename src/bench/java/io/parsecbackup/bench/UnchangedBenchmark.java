package io.parsecbackup.bench;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.storage.BucketSetting;
import io.parsecbackup.objectstore.storage.BucketStorages;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Backups that find nothing new, over a repository in a bucket whose index has many blocks: with a
 * warm cache, and with one that is deleted before each run. Each run is a new process, a JVM with
 * 96 MiB of heap. The objects themselves need not exist, so the index is written directly.
 * Arguments: blocks (1000000), rounds (3), and a build's {@code target/quarkus-app}.
 */
public final class UnchangedBenchmark {

  private static final int BLOCK = 1_024;
  private static final String BUCKET = "repository";

  private final Path folder;
  private final ParsecStack stack;
  private final BucketServer target;
  private final DumpWatch dump;
  private final Path app;

  private UnchangedBenchmark(Path folder, ParsecStack stack, BucketServer target, Path app)
      throws Exception {
    this.folder = folder;
    this.stack = stack;
    this.target = target;
    this.dump = DumpWatch.in(folder);
    this.app = app;
  }

  /**
   * One run.
   *
   * @param dumpSeconds in which pg_dump was running
   */
  private record Run(Timed timed, double dumpSeconds, Requests source, Requests target) {}

  public static void main(String[] args) throws Exception {
    // Set this before the first class that logs, because the servers are in this process.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    int blocks = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    Path app = Path.of(args.length > 2 ? args[2] : "target/quarkus-app");
    Path folder = Files.createTempDirectory("unchanged-benchmark");
    try (ParsecStack stack = ParsecStack.start(ParsecData.Spec.of(0, BLOCK), Optional.of(folder));
        BucketServer target = BucketServer.InMemory.start()) {
      UnchangedBenchmark benchmark = new UnchangedBenchmark(folder, stack, target, app);
      target.create(BUCKET);
      // Creates the repository, for this source.
      benchmark.backup();
      stack.data().addBlocks(blocks);
      // A server that has been running for a while has vacuumed its tables.
      stack.database().execute(ParsecStack.NAME, "VACUUM ANALYZE");
      benchmark.fillIndex();
      // The first backup that knows the index.
      benchmark.backup();
      System.out.println(benchmark.table(blocks, rounds));
    } finally {
      SyncBenchmark.delete(folder);
    }
    // Mutiny's default worker pool keeps the JVM alive; in the program, Quarkus manages it.
    System.exit(0);
  }

  /**
   * Publishes a segment with all blocks in a folder, and uploads it: in a bucket, a segment is not
   * published before its objects are there.
   */
  private void fillIndex() throws Exception {
    Storage segments = new FolderStorage(folder.resolve("segments"), new StableStorage());
    Repository repository = Repository.at(segments);
    try (RepositoryLocks.Held lock = repository.lock("a benchmark");
        Workspace workspace = repository.reserve(lock, Instant.now())) {
      addRecords(workspace.journal());
      workspace.publishSegment("adopt", new Cancellation());
    }
    Vertx vertx = Vertx.vertx();
    BucketStorages storages =
        new BucketStorages(
            new S3Clients(Optional.empty(), Map.of(), vertx),
            Map.of(),
            BucketStorages.Options.usual(1, OptionalLong.empty()));
    BucketSetting setting =
        BucketSetting.parse("repository", target.setting(BUCKET), "prefix", Optional.empty());
    try (Storage bucket = storages.open(setting, folder)) {
      for (String name : segments.children(Layout.INDEX)) {
        String file = Layout.INDEX + "/" + name;
        Path local = segments.local(file, Optional.empty());
        bucket.put(NewFile.ifAbsent(file, Content.of(local, Sha256.of(local))));
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private void addRecords(Journal journal) throws Exception {
    Instant date = Instant.parse("2026-01-01T00:00:00Z");
    int number = 0;
    for (String key : stack.data().referencedKeys()) {
      number++;
      journal.add(
          new IndexRecord(
              key,
              BLOCK,
              "%064x".formatted(number),
              "%032x".formatted(number),
              date,
              true,
              ContentCheck.ETAG));
    }
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private Run backup() throws Exception {
    Files.createDirectories(cache());
    Map<String, String> environment = new HashMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", target.setting(BUCKET));
    environment.put("PARSEC_BACKUP_CACHE", cache().toString());
    environment.put("PARSEC_BACKUP_SYNC_LISTING_EVERY", "off");
    environment.put("PARSEC_BACKUP_PG_BIN", dump.bin().toString());
    Requests sourceBefore = Requests.of(stack.s3());
    Requests targetBefore = target.requests();
    Timed timed =
        Timed.run(
            folder.resolve("log"),
            environment,
            Stack.JAVA,
            "-Xmx96m",
            "-jar",
            app.resolve("quarkus-run.jar").toString(),
            "backup");
    Run run =
        new Run(
            timed,
            dump.seconds(),
            Requests.of(stack.s3()).since(sourceBefore),
            target.requests().since(targetBefore));
    System.out.printf(
        "%s; source %s; repository %s%n", timed, run.source.kinds(), run.target.kinds());
    if (run.source.gets() > 0) {
      throw new IllegalStateException(run.source.gets() + " objects were fetched.");
    }
    return run;
  }

  private Table table(int blocks, int rounds) throws Exception {
    Table table =
        new Table(
            String.format(Locale.ROOT, "%,d blocks", blocks),
            "wall, s",
            "of it pg_dump, s",
            "CPU, s",
            "MB",
            "requests to the source",
            "to the repository",
            "MB downloaded from it");
    List<Run> warm = new ArrayList<>();
    List<Run> cold = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      warm.add(backup());
      SyncBenchmark.delete(cache());
      cold.add(backup());
    }
    add(table, "cache warm", warm);
    add(table, "cache cold", cold);
    return table;
  }

  private static void add(Table table, String title, List<Run> runs) {
    Run last = runs.getLast();
    table.add(
        title,
        Spread.of(runs.stream().map(run -> run.timed.seconds()).toList()).toString(),
        Spread.of(runs.stream().map(run -> run.dumpSeconds).toList()).toString(),
        Spread.of(runs.stream().map(run -> run.timed.cpuSeconds()).toList()).toString(),
        String.format(Locale.ROOT, "%.0f", last.timed.megabytes()),
        Long.toString(last.source.all()),
        last.target.all() + ": " + last.target.kinds(),
        String.format(Locale.ROOT, "%.1f", last.target.sentBytes() / 1e6));
  }
}
