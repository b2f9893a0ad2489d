package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Distinguishes a store that is down from single objects that fail. The store is probed after a
 * number of failures in a row, and at once if it does not accept the key or does not know the
 * bucket; it is down only if the probe fails too. A refusal of a single object (archived, or not
 * readable with this key) never counts. Used by many threads.
 */
public final class OutageWatch {

  private final int mostInARow;
  private final Uni<Void> probe;
  private final AtomicInteger inARow = new AtomicInteger();

  /**
   * @param mostInARow failures in a row, without an answer between them, before the store is probed
   * @param probe a request that any store answers; fails with {@link TransferException} if the
   *     store does not answer
   */
  public OutageWatch(int mostInARow, Uni<Void> probe) {
    this.mostInARow = mostInARow;
    this.probe = probe;
  }

  /** The store has answered a request correctly. */
  public void answered() {
    inARow.set(0);
  }

  /**
   * Counts a failed request.
   *
   * @return completes if the store is up or was not probed; fails with the probe's {@link
   *     TransferException} if it is down
   */
  public Uni<Void> failed(TransferException failure) {
    return switch (failure.kind()) {
      case UNCHANGED, ABSENT, PRESENT -> {
        answered();
        yield Uni.createFrom().voidItem();
      }
      case UNSUPPORTED, REFUSED -> Uni.createFrom().voidItem();
      case NO_BUCKET, NO_ACCESS -> probe.onItem().invoke(this::answered);
      // Failures during the probe do not start a second one.
      case TEMPORARY, THROTTLED ->
          inARow.incrementAndGet() == mostInARow
              ? probe.onItem().invoke(this::answered)
              : Uni.createFrom().voidItem();
    };
  }
}
