package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
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

/** A repository's files, a real server behind a proxy, and uploads from one to the other. */
public final class UploadScenario implements AutoCloseable {

  private static final Instant MODIFIED = Instant.parse("2026-03-01T10:20:30Z");

  final EmbeddedS3 s3 = EmbeddedS3.open();
  public final FaultyProxy proxy = FaultyProxy.before(s3.endpoint());
  final Cancellation cancellation = new Cancellation();
  public final Repository repository;
  final Path scratch;
  public final Map<String, IndexRecord> records = new TreeMap<>(S3Bucket.ORDER);
  public final ConcurrentLinkedQueue<String> findings = new ConcurrentLinkedQueue<>();
  public UploadCounters counters = new UploadCounters();
  NodeShare share = new NodeShare.Whole();
  Optional<MemorySize> bandwidthLimit = Optional.empty();
  Retries retries = FetchScenario.RETRIES;

  public UploadScenario(Path folder) throws IOException {
    repository =
        Repository.at(new FolderStorage(folder.resolve("repository"), new StableStorage()));
    scratch = Files.createDirectories(folder.resolve("scratch"));
  }

  /** The target bucket, which the first call creates. */
  public S3Bucket target() {
    return s3.bucket("restored");
  }

  /** Adds an object to the backup: its record and its file. */
  public void add(String key, byte[] bytes) throws IOException {
    add(key, bytes, Content.md5(bytes));
  }

  public void add(String key, byte[] bytes, String etag) throws IOException {
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

  /** Adds objects of a few hundred bytes. */
  public void fill(int objects) throws IOException {
    for (int i = 0; i < objects; i++) {
      String key = FetchScenario.key(i);
      add(key, Content.generated(key, 1, 100 + i % 700).bytes());
    }
  }

  public Path file(String key) {
    return Path.of(repository.storage().location()).resolve("objects").resolve(key);
  }

  /** The digest in the object's record. */
  public String sha256(String key) {
    return Objects.requireNonNull(records.get(key)).sha256();
  }

  public byte[] bytes(String key) throws IOException {
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

  public UploadOutcome restore() throws IOException {
    return restore(false, false);
  }

  public UploadOutcome restore(boolean replace, boolean dryRun) throws IOException {
    return restore(FetchScenario.CLIENTS, replace, dryRun);
  }

  UploadOutcome restore(S3Clients clients, boolean replace, boolean dryRun) throws IOException {
    counters = new UploadCounters();
    findings.clear();
    Path sorted =
        Files.createTempDirectory(Path.of(repository.storage().location()).getParent(), "records");
    RecordSorter<IndexRecord> sorter = new RecordSorter<>(IndexCodec.INSTANCE, sorted, "records");
    for (IndexRecord entry : records.values()) {
      sorter.add(entry);
    }
    try (RecordStream<IndexRecord> stream = sorter.sorted()) {
      return new BucketUploader(
              clients,
              new FetchScenario.Settings(Optional.of(FetchScenario.IN_FLIGHT), bandwidthLimit),
              retries)
          .upload(
              new UploadRequest(
                  blockstore(),
                  share,
                  stream,
                  repository.objectProof(),
                  new UploadOptions(replace, dryRun)),
              scratch,
              counters,
              new Findings(findings),
              cancellation);
    }
  }

  /** The digest of each object in the target. */
  public Map<String, String> held() {
    Map<String, String> held = new TreeMap<>();
    target().objects().forEach((key, object) -> held.put(key, object.content().md5()));
    return held;
  }

  /** The digest of each object that the repository has. */
  public Map<String, String> stored() throws IOException {
    Map<String, String> stored = new TreeMap<>();
    for (String key : records.keySet()) {
      stored.put(key, Content.md5(bytes(key)));
    }
    return stored;
  }

  public List<String> sentKeys() {
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
