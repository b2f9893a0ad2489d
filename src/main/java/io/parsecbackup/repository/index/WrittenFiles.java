package io.parsecbackup.repository.index;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Looks at a server for what a run has written to it, before the run publishes it: the server, or a
 * proxy before it, may have answered that it stored a file that it does not have. The file system
 * of a folder needs no such check, because the run flushes it.
 */
public record WrittenFiles(Storage storage) {

  private static final String FOLDER = Layout.OBJECTS + "/";

  /** Up to so many objects are asked for one by one; more are listed, with all others. */
  private static final long FEW = 5_000;

  private static final int BATCH = 256;

  /**
   * Checks the objects of a segment.
   *
   * @throws RemoteStorageException when one does not exist or has another size
   */
  public void requireObjects(Segment segment, Cancellation cancellation) throws IOException {
    if (!storage.isRemote()) {
      return;
    }
    try (RecordStream<IndexRecord> records =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(segment.file()))) {
      if (segment.records() > FEW) {
        requireListed(records, cancellation);
      } else {
        requireEach(records, cancellation);
      }
    }
  }

  private void requireListed(RecordStream<IndexRecord> records, Cancellation cancellation)
      throws IOException {
    try {
      Cursor<StoredFile> listed =
          new Cursor<>(storage.list(FOLDER), file -> file.name().substring(FOLDER.length()));
      while (records.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = records.next();
        Optional<StoredFile> found = listed.take(entry.key());
        if (found.isEmpty() || found.get().size() != entry.size()) {
          // The listing may be older than the object.
          require(FOLDER + entry.key(), entry.size());
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void requireEach(RecordStream<IndexRecord> records, Cancellation cancellation)
      throws IOException {
    List<Future<?>> started = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (records.hasNext()) {
        IndexRecord entry = records.next();
        started.add(
            threads.submit(() -> {
              require(FOLDER + entry.key(), entry.size());
              return null;
            }));
        if (started.size() == BATCH || !records.hasNext()) {
          cancellation.throwIfCancelled();
          for (Future<?> check : started) {
            await(check);
          }
          started.clear();
        }
      }
    }
  }

  private static void await(Future<?> check) throws IOException {
    try {
      check.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the thread was interrupted");
    }
  }

  /**
   * Checks files.
   *
   * @param sizes in bytes, by name
   * @throws RemoteStorageException when one does not exist or has another size
   */
  public void require(Map<String, Long> sizes) throws IOException {
    if (storage.isRemote()) {
      for (Map.Entry<String, Long> file : sizes.entrySet()) {
        require(file.getKey(), file.getValue());
      }
    }
  }

  private void require(String name, long size) throws IOException {
    Optional<StoredFile> found = storage.find(name);
    if (found.isEmpty() || found.get().size() != size) {
      throw isMissing(name);
    }
  }

  /** The failure if a file does not exist, or has other bytes than the run has written. */
  public RemoteStorageException isMissing(String name) {
    return new RemoteStorageException(
        storage.locate(name)
            + " is not in the bucket as it was written, although the server answered that it"
            + " stored it",
        "check the server of the bucket");
  }
}
