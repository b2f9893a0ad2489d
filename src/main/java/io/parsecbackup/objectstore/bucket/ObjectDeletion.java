package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.StoredFile;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Deletes objects. */
public record ObjectDeletion(BucketClient client, BucketPlace place) {

  /** Deletions that are started before the first of them is awaited. */
  private static final int BATCH = 256;

  /** See {@link io.parsecbackup.repository.storage.Storage#delete}. */
  public void delete(String name) throws IOException {
    try {
      client.send(BucketRequest.of(HttpMethod.DELETE, place.key(name)));
    } catch (TransferException e) {
      switch (e.kind()) {
        case ABSENT -> {}
        // A key that may only write, or Object Lock: servers use several codes for it.
        case REFUSED, UNSUPPORTED, PRESENT ->
            throw new DeletionRefusedException(
                place.locate(name)
                    + " was not deleted: "
                    + e.getMessage()
                    + ". The key may not delete, or the bucket's Object Lock forbids it");
        case NO_ACCESS, NO_BUCKET, TEMPORARY, THROTTLED, UNCHANGED ->
            throw Failures.of(place.locate(name), "deleted", e);
      }
    }
  }

  /** Deletes all of them, several at once. Tries all before it fails. */
  public void deleteAll(Iterator<StoredFile> files) throws IOException {
    List<Future<?>> started = new ArrayList<>();
    IOException failure = null;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (files.hasNext()) {
        String name = files.next().name();
        started.add(
            threads.submit(() -> {
              delete(name);
              return null;
            }));
        if (started.size() == BATCH || !files.hasNext()) {
          for (Future<?> deletion : started) {
            failure = first(failure, deletion);
          }
          started.clear();
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (failure != null) {
      throw failure;
    }
  }

  @org.jspecify.annotations.Nullable
  private static IOException first(
      @org.jspecify.annotations.Nullable IOException failure, Future<?> deletion) {
    try {
      deletion.get();
      return failure;
    } catch (ExecutionException e) {
      IOException next = e.getCause() instanceof IOException io ? io : new IOException(e);
      if (failure == null) {
        return next;
      }
      failure.addSuppressed(next);
      return failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new java.io.InterruptedIOException("the thread was interrupted while it deleted");
    }
  }
}
