package io.parsecbackup.objectstore.upload;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.raid.NodeShare;
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
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Runs one upload in a separate process with less memory than a test has. */
final class UploadProcess {

  private UploadProcess() {}

  /**
   * Uploads all files of {@code <folder>/objects}, and a number of objects whose files are lost.
   *
   * @param args endpoint, bucket, access key, folder, number of lost objects. The secret key is in
   *     {@code SECRET}.
   */
  public static void main(String[] args) throws IOException {
    Blockstore.S3 place =
        new Blockstore.S3(
            Optional.of(args[0]), "test-region-1", args[1], args[2], System.getenv("SECRET"));
    Path folder = Path.of(args[3]);
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    RecordSorter<IndexRecord> sorter = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "records");
    List<Path> files;
    try (Stream<Path> stored = Files.list(folder.resolve("objects"))) {
      files = stored.toList();
    }
    for (Path file : files) {
      sorter.add(record(file.getFileName().toString(), Files.size(file), Sha256.of(file)));
    }
    for (int i = 0; i < Integer.parseInt(args[4]); i++) {
      sorter.add(record("lost/%032d".formatted(i), 10, "0".repeat(64)));
    }
    UploadCounters counters = new UploadCounters();
    S3Clients clients = new S3Clients(Optional.empty(), Map.of(), Vertx.vertx());
    try (RecordStream<IndexRecord> records = sorter.sorted()) {
      new BucketUploader(clients, new FetchScenario.Settings(Optional.of(32), Optional.empty()))
          .upload(
              new UploadRequest(
                  place,
                  new NodeShare.Whole(),
                  records,
                  Repository.at(new FolderStorage(folder, new StableStorage())).objectProof(),
                  new UploadOptions(false, false)),
              scratch,
              counters,
              new Findings(new ConcurrentLinkedQueue<>()),
              new Cancellation());
    }
    System.out.println("sent=" + counters.sent() + " damaged=" + counters.damaged());
    System.exit(0);
  }

  private static IndexRecord record(String key, long size, String sha256) {
    return new IndexRecord(key, size, sha256, "etag", Instant.EPOCH, true);
  }
}
