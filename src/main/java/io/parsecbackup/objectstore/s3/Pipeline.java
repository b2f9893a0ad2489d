package io.parsecbackup.objectstore.s3;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.repository.index.RecordStream;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Connects reactive work with the thread that waits for it. */
public final class Pipeline {

  private Pipeline() {}

  /**
   * Waits for the end of {@code work}.
   *
   * @param lost makes the run's exception of a failed request to the object store
   * @throws io.parsecbackup.Problem if the run is cancelled, or from {@code lost}
   * @throws IOException if the disk fails
   */
  public static void run(
      Uni<Void> work, Cancellation cancellation, Function<TransferException, RuntimeException> lost)
      throws IOException {
    CompletableFuture<Void> done = work.subscribeAsCompletionStage();
    try (var hook = cancellation.onCancel(() -> done.cancel(true))) {
      done.join();
    } catch (CancellationException e) {
      cancellation.throwIfCancelled();
      throw e;
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UncheckedIOException disk -> throw disk.getCause();
        case TransferException transfer -> throw lost.apply(transfer);
        case RuntimeException other -> throw other;
        case null, default -> throw e;
      }
    }
  }

  /** The records. The thread that requests one reads it from its file. */
  public static <T> Multi<T> each(RecordStream<T> records) {
    return Multi.createFrom()
        .generator(
            () -> records,
            (stream, emitter) -> {
              if (stream.hasNext()) {
                emitter.emit(stream.next());
              } else {
                emitter.complete();
              }
              return stream;
            });
  }
}
