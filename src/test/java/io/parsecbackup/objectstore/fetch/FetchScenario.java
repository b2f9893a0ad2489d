package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.StoredObject;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A bucket on a real server behind a proxy, a repository, and runs from one to the other. */
public final class FetchScenario implements AutoCloseable {

  public static final int IN_FLIGHT = 8;

  /** As many retries as in production, with shorter pauses. */
  public static final Retries RETRIES = new Retries(6, Duration.ofMillis(5), Duration.ofMillis(40));

  /** The time limit for a silent server. */
  public static final Duration SILENCE = Duration.ofSeconds(1);

  /** One instance for all tests, to share its threads. */
  public static final S3Clients CLIENTS =
      new S3Clients(Optional.empty(), Map.of(), Vertx.vertx(), SILENCE);

  private static final Source SOURCE = new Source(Optional.of("1"), "parsec", List.of("parsec"));

  public final EmbeddedS3 s3 = EmbeddedS3.open();
  public final S3Bucket bucket = s3.bucket("parsec");
  public final FaultyProxy proxy = FaultyProxy.before(s3.endpoint());
  final Repository repository;
  final Cancellation cancellation = new Cancellation();
  public FetchCounters counters = new FetchCounters();
  FetchOptions options = FetchOptions.listing(Optional.empty());
  Optional<MemorySize> bandwidthLimit = Optional.empty();
  public Retries retries = RETRIES;
  public S3Clients clients = CLIENTS;
  private final Path folder;
  private int lists;
  private Instant now = Instant.parse("2026-11-22T02:00:00Z");

  public FetchScenario(Path folder) {
    this.folder = folder;
    repository =
        Repository.at(new FolderStorage(folder.resolve("repository"), new StableStorage()));
  }

  /** The settings. */
  public record Settings(Optional<Integer> concurrency, Optional<MemorySize> bandwidthLimit)
      implements TransferConfig {
    @Override
    public Strategy strategy() {
      return Strategy.LISTING;
    }

    @Override
    public Optional<Duration> listingEvery() {
      return Optional.of(Duration.ofDays(7));
    }
  }

  public static Optional<MemorySize> bytes(long bytes) {
    return Optional.of(new MemorySize(BigInteger.valueOf(bytes)));
  }

  public Blockstore.S3 blockstore() {
    return blockstore(bucket.name());
  }

  Blockstore.S3 blockstore(String bucketName) {
    return new Blockstore.S3(
        Optional.of(proxy.endpoint().toString()),
        s3.region(),
        bucketName,
        s3.accessKey(),
        s3.secretKey());
  }

  public BucketFetcher fetcher() {
    return new BucketFetcher(
        clients, new Settings(Optional.of(IN_FLIGHT), bandwidthLimit), retries);
  }

  /** Adds objects of a few hundred bytes. */
  public void fill(int objects) {
    for (int i = 0; i < objects; i++) {
      String key = key(i);
      bucket.put(key, Content.generated(key, 1, 100 + i % 700));
    }
  }

  public static String key(int i) {
    return "CoolOrg/block-%06d".formatted(i);
  }

  /**
   * A list of the objects that a dump refers to.
   *
   * @param keys each with its size
   */
  Path references(Map<String, Integer> keys) throws IOException {
    List<String> lines =
        keys.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(S3Bucket.ORDER))
            .map(key -> key.getKey() + "\t" + key.getValue())
            .toList();
    return Files.write(folder.resolve("references-" + ++lists + ".tsv"), lines);
  }

  /** A list of these objects, with their sizes in the bucket. */
  Path referencesTo(Collection<String> keys) throws IOException {
    Map<String, Integer> sizes = new TreeMap<>();
    keys.forEach(key -> sizes.put(key, bucket.object(key).orElseThrow().content().size()));
    return references(sizes);
  }

  /** The columns of the newest index line of each key. */
  Map<String, List<String>> index() throws IOException {
    Map<String, List<String>> index = new TreeMap<>();
    Path segments = Path.of(repository.storage().location()).resolve("index");
    try (Stream<Path> files = Files.list(segments)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".tsv")).sorted().toList()) {
        Files.readAllLines(file).stream()
            .skip(1)
            .map(line -> List.of(line.split("\t", -1)))
            .forEach(columns -> index.put(columns.getFirst(), columns));
      }
    }
    return index;
  }

  /** The columns of a key that is in the index. */
  List<String> indexed(String key) throws IOException {
    return Objects.requireNonNull(index().get(key), key);
  }

  /** The keys whose bytes are final. */
  List<String> covered() throws IOException {
    return index().values().stream()
        .filter(columns -> columns.get(5).equals("covered"))
        .map(List::getFirst)
        .toList();
  }

  /** A whole run, published at its end. Returns the lines of its list of missing objects. */
  public List<String> sync() throws IOException {
    return sync(blockstore());
  }

  public List<String> sync(Blockstore place) throws IOException {
    counters = new FetchCounters();
    now = now.plusSeconds(60);
    try (RepositoryLocks.Held lock = repository.lock("test")) {
      repository.bind(SOURCE);
      try (Workspace workspace = repository.reserve(lock, now)) {
        repository.deadRuns().recover(workspace, cancellation, bytes -> {});
        Optional<Path> missing = fetch(place, workspace);
        List<String> lines = missing.isPresent() ? Files.readAllLines(missing.get()) : List.of();
        workspace.publish(
            Map.of(),
            JsonNodeFactory.instance.objectNode().put("id", workspace.id().text()),
            new Cancellation());
        return lines;
      }
    }
  }

  private Optional<Path> fetch(Blockstore place, Workspace workspace) throws IOException {
    long before = freeMemory();
    try {
      return fetcher().fetch(options, place, repository, workspace, counters, cancellation);
    } finally {
      assertEquals(before, freeMemory());
    }
  }

  /** How many bytes of memory are free for bodies. No other run may fetch at the moment. */
  long freeMemory() {
    try (BodyScratch all = clients.bodies(folder)) {
      for (long size = SizeLimit.LARGEST_BLOCK; size > 0; size /= 2) {
        while (all.tryReserve(size)) {
          // One more.
        }
      }
      return all.reserved();
    }
  }

  Path object(String key) {
    return Path.of(repository.storage().location()).resolve("objects").resolve(key);
  }

  /** The contents of the files under a folder of the repository, by their paths in it. */
  Map<String, Content> files(String folder) throws IOException {
    Path root = Path.of(repository.storage().location()).resolve(folder);
    Map<String, Content> files = new TreeMap<>();
    if (Files.isDirectory(root)) {
      try (Stream<Path> tree = Files.walk(root)) {
        for (Path file : tree.filter(Files::isRegularFile).toList()) {
          files.put(root.relativize(file).toString(), Content.of(Files.readAllBytes(file)));
        }
      }
    }
    return files;
  }

  /** Expects a file with the same bytes and date for every object, and no other file. */
  public void assertHoldsTheBucket() throws IOException {
    assertHolds(bucket.objects());
  }

  void assertHolds(Map<String, StoredObject> expected) throws IOException {
    Map<String, String> held = new TreeMap<>();
    files("objects").forEach((key, content) -> held.put(key, content.md5()));
    Map<String, String> wanted = new TreeMap<>();
    expected.forEach((key, object) -> wanted.put(key, object.content().md5()));
    assertEquals(wanted, held);
    for (Map.Entry<String, StoredObject> entry : expected.entrySet()) {
      assertEquals(
          entry.getValue().lastModified(),
          Files.getLastModifiedTime(object(entry.getKey())).toInstant(),
          entry.getKey());
    }
  }

  @Override
  public void close() {
    proxy.close();
    s3.close();
  }
}
