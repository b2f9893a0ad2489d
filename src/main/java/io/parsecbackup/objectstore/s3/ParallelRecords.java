package io.parsecbackup.objectstore.s3;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.repository.index.RecordStream;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Processes the records of a stream, several at once.
 *
 * @param disk reads the records
 * @param inFlight how many records are processed at once
 */
public record ParallelRecords(Executor disk, int inFlight, Cancellation cancellation) {

  /** Records that are read ahead of those in flight. */
  private static final int READ_AHEAD = 64;

  /**
   * Does {@code work} with each record, then closes the stream.
   *
   * @param lost the exception for a failed request that ends the whole run
   * @throws io.parsecbackup.Problem when cancelled
   * @throws IOException when the disk fails
   */
  public <T> void each(
      RecordStream<T> records,
      Function<T, Uni<Void>> work,
      Function<TransferException, RuntimeException> lost)
      throws IOException {
    try (records) {
      Pipeline.run(
          Pipeline.each(records)
              .emitOn(disk, READ_AHEAD)
              .onItem()
              .transformToUni(work::apply)
              .merge(inFlight)
              .onItem()
              .ignoreAsUni(),
          cancellation,
          lost);
    }
  }
}
