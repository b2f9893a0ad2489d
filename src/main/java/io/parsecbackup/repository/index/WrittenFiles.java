package io.parsecbackup.repository.index;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnusableFileException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks at a server for what a run has written to it, before the run publishes it: the server, or a
 * proxy before it, may have answered that it stored a file that it does not have. The file system
 * of a folder needs no such check, because the run flushes it.
 */
public record WrittenFiles(Storage storage) {

  private static final String FOLDER = Layout.OBJECTS + "/";

  /** Up to so many objects are asked for one by one, whatever the bucket has. */
  private static final long FEW = 5_000;

  /** In a listing. */
  private static final long OBJECTS_OF_A_PAGE = 1_000;

  /** Pages follow each other; so many requests at once cost as much as one page. */
  private static final long REQUESTS_FOR_A_PAGE = 10;

  /** In a segment, about. */
  private static final long BYTES_OF_A_RECORD = 200;

  private static final int BATCH = 256;

  /** With more, it is not a fault of single objects. */
  private static final int MOST_LOST_IN_A_ROW = 50;

  /** Receives an object that the server does not have as it was written. */
  @FunctionalInterface
  public interface Lost {
    void lost(IndexRecord entry, RemoteStorageException why) throws IOException;
  }

  /** Receives what was found out about an object: the fault, if there is one. */
  @FunctionalInterface
  private interface Result {
    void of(IndexRecord entry, Optional<RemoteStorageException> fault) throws IOException;
  }

  /**
   * Checks the objects of a segment.
   *
   * @throws RemoteStorageException when one does not exist or has another size
   */
  public void requireObjects(Segment segment, Cancellation cancellation) throws IOException {
    look(
        segment,
        (entry, fault) -> {
          if (fault.isPresent()) {
            throw fault.get();
          }
        },
        cancellation);
  }

  /**
   * Finds the objects of a segment that the server does not have, or does not tell whether it has
   * them.
   *
   * @throws RemoteStorageException when they are too many in a row, so that the server itself has a
   *     fault
   */
  public void findLost(Segment segment, Lost lost, Cancellation cancellation) throws IOException {
    AtomicInteger inARow = new AtomicInteger();
    look(
        segment,
        (entry, fault) -> {
          if (fault.isEmpty()) {
            inARow.set(0);
          } else if (inARow.incrementAndGet() > MOST_LOST_IN_A_ROW) {
            throw fault.get();
          } else {
            lost.lost(entry, fault.get());
          }
        },
        cancellation);
  }

  private void look(Segment segment, Result result, Cancellation cancellation) throws IOException {
    if (!storage.isRemote()) {
      return;
    }
    try (RecordStream<IndexRecord> records =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(segment.file()))) {
      if (areFew(segment.records())) {
        lookAtEach(records, result, cancellation);
      } else {
        lookAtListing(records, result, cancellation);
      }
    }
  }

  /** Whether it costs less to ask for each of them than to list all objects of the bucket. */
  private boolean areFew(long objects) throws IOException {
    return objects <= FEW
        || objects <= REQUESTS_FOR_A_PAGE * (indexedObjects() / OBJECTS_OF_A_PAGE);
  }

  /** How many objects the bucket has, about: the size of its index tells it. */
  private long indexedObjects() throws IOException {
    long bytes = 0;
    try {
      for (Iterator<StoredFile> files = storage.list(Layout.INDEX + "/"); files.hasNext(); ) {
        StoredFile file = files.next();
        String name = file.name().substring(Layout.INDEX.length() + 1);
        if (!RunId.all(List.of(name), ".tsv").isEmpty()) {
          bytes += file.size();
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return bytes / BYTES_OF_A_RECORD;
  }

  private void lookAtListing(
      RecordStream<IndexRecord> records, Result result, Cancellation cancellation)
      throws IOException {
    try {
      Cursor<StoredFile> listed =
          new Cursor<>(storage.list(FOLDER), file -> file.name().substring(FOLDER.length()));
      while (records.hasNext()) {
        cancellation.throwIfCancelled();
        IndexRecord entry = records.next();
        Optional<StoredFile> found = listed.take(entry.key());
        boolean isThere = found.isPresent() && found.get().size() == entry.size();
        // The listing may be older than the object.
        result.of(entry, isThere ? Optional.empty() : fault(entry));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void lookAtEach(
      RecordStream<IndexRecord> records, Result result, Cancellation cancellation)
      throws IOException {
    Map<IndexRecord, Future<Optional<RemoteStorageException>>> started = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (records.hasNext()) {
        IndexRecord entry = records.next();
        started.put(entry, threads.submit(() -> fault(entry)));
        if (started.size() == BATCH || !records.hasNext()) {
          cancellation.throwIfCancelled();
          for (Map.Entry<IndexRecord, Future<Optional<RemoteStorageException>>> one :
              started.entrySet()) {
            result.of(one.getKey(), await(one.getValue()));
          }
          started.clear();
        }
      }
    }
  }

  private static Optional<RemoteStorageException> await(
      Future<Optional<RemoteStorageException>> fault) throws IOException {
    try {
      return fault.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the thread was interrupted");
    }
  }

  /**
   * What is wrong with an object.
   *
   * @throws IOException when the server does not tell, and does not serve another file either
   */
  private Optional<RemoteStorageException> fault(IndexRecord entry) throws IOException {
    String name = FOLDER + entry.key();
    try {
      return isThere(name, entry.size()) ? Optional.empty() : Optional.of(isMissing(name));
    } catch (RemoteStorageException e) {
      UnusableFileException.requireServer(storage);
      return Optional.of(e);
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
        if (!isThere(file.getKey(), file.getValue())) {
          throw isMissing(file.getKey());
        }
      }
    }
  }

  private boolean isThere(String name, long size) throws IOException {
    Optional<StoredFile> found = storage.find(name);
    return found.isPresent() && found.get().size() == size;
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
