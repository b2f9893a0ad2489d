package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.s3.Pipeline;
import io.parsecbackup.repository.FoundFile;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StorageThreads;
import io.parsecbackup.repository.storage.StoredFile;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Records the files under {@code objects/} that the index does not have. A repository that has lost
 * its index can then be verified and restored, even without its bucket.
 */
public final class UnknownFiles {

  private static final Logger LOG = Logger.getLogger(UnknownFiles.class);

  private final Repository repository;
  private final Workspace workspace;
  private final FetchCounters counters;
  private final Cancellation cancellation;

  /**
   * @param workspace whose journal receives the records
   * @param counters {@code copied}: recorded; {@code failed}: could not be read
   */
  public UnknownFiles(
      Repository repository,
      Workspace workspace,
      FetchCounters counters,
      Cancellation cancellation) {
    this.repository = repository;
    this.workspace = workspace;
    this.counters = counters;
    this.cancellation = cancellation;
  }

  /** Receives records. */
  interface Receiver<T> {
    void receive(T entry) throws IOException;
  }

  /**
   * Reads each file that neither the index nor the workspace's journal has, and records it with its
   * digest, its MD5 as ETag, and its own date. It is not covered: the next backup compares it with
   * the source.
   *
   * @throws io.parsecbackup.Problem when cancelled
   * @throws IOException when the disk fails
   */
  public void adopt() throws IOException {
    workspace.recognize();
    RecordSorter<FoundFile> found =
        new RecordSorter<>(FoundFile.CODEC, workspace.scratch(), "found");
    repository.objectWalk().read(found, cancellation);
    RecordSorter<FoundFile> unknown =
        new RecordSorter<>(FoundFile.CODEC, workspace.scratch(), "unknown-files");
    try (RecordStream<FoundFile> files = found.sorted()) {
      eachUnknown(
          files,
          FoundFile::key,
          file -> {
            counters.wanted.increment();
            counters.wantedBytes.add(file.size());
            unknown.add(file);
          });
    }
    StorageThreads threads = new StorageThreads(repository.storage());
    try (RecordStream<FoundFile> files = unknown.sorted();
        ExecutorService readers = threads.open()) {
      Pipeline.run(
          Pipeline.each(files)
              .onItem()
              .transformToUni(
                  file -> Uni.createFrom().item(() -> adopt(file)).runSubscriptionOn(readers))
              .merge(threads.count())
              .onItem()
              .ignoreAsUni(),
          cancellation,
          failure -> failure);
    }
  }

  /** Passes on those of {@code files} whose keys the index does not have. */
  <T> void eachUnknown(RecordStream<T> files, Function<T, String> keyOf, Receiver<T> receiver)
      throws IOException {
    try (RecordStream<IndexRecord> records = workspace.known()) {
      Cursor<IndexRecord> known = new Cursor<>(records, IndexRecord::key);
      while (files.hasNext()) {
        cancellation.throwIfCancelled();
        T file = files.next();
        if (known.take(keyOf.apply(file)).isEmpty()) {
          receiver.receive(file);
        }
      }
    }
  }

  private boolean adopt(FoundFile found) {
    IndexRecord entry;
    try {
      entry = read(repository.objects(), found.key());
    } catch (IOException e) {
      LOG.warnf("the file of '%s' cannot be read, so it is not recorded: %s", found.key(), e);
      counters.failed.increment();
      return false;
    }
    try {
      workspace.journal().add(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    counters.copied.increment();
    counters.copiedBytes.add(entry.size());
    return true;
  }

  /** Makes a record of the file of {@code key}, and makes it readable by its owner only. */
  static IndexRecord read(ObjectFiles objects, String key) throws IOException {
    MessageDigest sha256 = Sha256.digest();
    MessageDigest md5 = Sha256.md5();
    try (InputStream in = objects.open(key)) {
      Sha256.update(in, sha256, md5);
    }
    objects.restrict(key);
    StoredFile file = objects.find(key);
    return new IndexRecord(
        key, file.size(), Sha256.hex(sha256), Sha256.hex(md5), file.lastModified(), false);
  }
}
