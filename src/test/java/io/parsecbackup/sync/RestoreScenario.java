package io.parsecbackup.sync;

import io.parsecbackup.Cancellation;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.RecordSorter;
import io.parsecbackup.repository.RecordStream;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Sha256;
import io.parsecbackup.repository.StableStorage;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A repository's files, a real server behind a proxy, and restores from one to the other. */
final class RestoreScenario implements AutoCloseable {

  private static final Instant MODIFIED = Instant.parse("2026-03-01T10:20:30Z");

  final EmbeddedS3 s3 = EmbeddedS3.open();
  final FaultyProxy proxy = FaultyProxy.before(s3.endpoint());
  final Cancellation cancellation = new Cancellation();
  final Repository repository;
  final Path scratch;
  final Map<String, IndexRecord> records = new TreeMap<>(S3Bucket.ORDER);
  final ConcurrentLinkedQueue<String> findings = new ConcurrentLinkedQueue<>();
  RestoreCounters counters = new RestoreCounters();
  Share share = new Share.Whole();
  Optional<MemorySize> bandwidthLimit = Optional.empty();
  Retries retries = SyncScenario.RETRIES;

  RestoreScenario(Path folder) throws IOException {
    repository = Repository.at(folder.resolve("repository"), new StableStorage());
    scratch = Files.createDirectories(folder.resolve("scratch"));
  }

  /** The target, made when it is first asked for. */
  S3Bucket target() {
    return s3.bucket("restored");
  }

  /** An object of the backup, recorded and stored as a backup would. */
  void add(String key, byte[] bytes) throws IOException {
    add(key, bytes, Content.md5(bytes));
  }

  void add(String key, byte[] bytes, String etag) throws IOException {
    record(key, bytes, etag);
    Path file = file(key);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  void record(String key, byte[] bytes, String etag) {
    MessageDigest sha256 = Sha256.digest();
    sha256.update(bytes);
    records.put(key, new IndexRecord(key, bytes.length, Sha256.hex(sha256), etag, MODIFIED, true));
  }

  /** Objects of a few hundred bytes under keys as Parsec makes them. */
  void fill(int objects) throws IOException {
    for (int i = 0; i < objects; i++) {
      String key = SyncScenario.key(i);
      add(key, Content.generated(key, 1, 100 + i % 700).bytes());
    }
  }

  Path file(String key) {
    return repository.root().resolve("objects").resolve(key);
  }

  /** As recorded. */
  String sha256(String key) {
    return Objects.requireNonNull(records.get(key)).sha256();
  }

  byte[] bytes(String key) throws IOException {
    return Files.readAllBytes(file(key));
  }

  Blockstore.S3 blockstore() {
    return new Blockstore.S3(
        Optional.of(proxy.endpoint().toString()),
        s3.region(),
        "restored",
        s3.accessKey(),
        s3.secretKey());
  }

  RestoreOutcome restore() throws IOException {
    return restore(false, false);
  }

  RestoreOutcome restore(boolean replace, boolean dryRun) throws IOException {
    return restore(SyncScenario.CLIENTS, replace, dryRun);
  }

  RestoreOutcome restore(S3Clients clients, boolean replace, boolean dryRun) throws IOException {
    counters = new RestoreCounters();
    findings.clear();
    Path sorted = Files.createTempDirectory(repository.root().getParent(), "records");
    RecordSorter sorter = new RecordSorter(sorted, "records");
    for (IndexRecord entry : records.values()) {
      sorter.add(entry);
    }
    try (RecordStream stream = sorter.sorted()) {
      return new BucketRestore(
              clients,
              new SyncScenario.Settings(Optional.of(SyncScenario.IN_FLIGHT), bandwidthLimit),
              retries)
          .restore(
              blockstore(),
              share,
              stream,
              repository.objectProof(),
              scratch,
              new RestoreOptions(replace, dryRun),
              counters,
              (key, problem, expected, found) ->
                  findings.add(key + " " + problem + ": " + expected + " | " + found),
              cancellation);
    }
  }

  /** What the target holds under each key, by digest. */
  Map<String, String> held() {
    Map<String, String> held = new TreeMap<>();
    target().objects().forEach((key, object) -> held.put(key, object.content().md5()));
    return held;
  }

  /** What it should hold when all files of the repository are there and nothing else. */
  Map<String, String> stored() throws IOException {
    Map<String, String> stored = new TreeMap<>();
    for (String key : records.keySet()) {
      stored.put(key, Content.md5(bytes(key)));
    }
    return stored;
  }

  List<String> sentKeys() {
    return proxy.requests().stream()
        .filter(request -> request.kind() == Kind.PUT_OBJECT)
        .map(S3Request::key)
        .sorted()
        .toList();
  }

  boolean scratchIsEmpty() throws IOException {
    try (Stream<Path> files = Files.list(scratch)) {
      return files.findAny().isEmpty();
    }
  }

  @Override
  public void close() {
    proxy.close();
    s3.close();
  }
}
