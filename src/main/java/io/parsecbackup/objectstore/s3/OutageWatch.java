package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells a store that is down from objects that it does not give. After so many failures of the
 * store in a row the store is probed, and only where the probe fails too is it taken for down. What
 * a store refuses for a single object (an archived one, one that the key may not read) never
 * counts. Used by many threads.
 */
public final class OutageWatch {

  private final int mostInARow;
  private final Uni<Void> probe;
  private final AtomicInteger inARow = new AtomicInteger();

  /**
   * @param mostInARow failures without an answer between them, after which the store is probed
   * @param probe asks the store something that any store answers; fails with {@link
   *     TransferException} where it does not answer
   */
  public OutageWatch(int mostInARow, Uni<Void> probe) {
    this.mostInARow = mostInARow;
    this.probe = probe;
  }

  /** Failures in a row after which the store is probed. */
  public int mostInARow() {
    return mostInARow;
  }

  /** The store has answered a request as it should. */
  public void answered() {
    inARow.set(0);
  }

  /**
   * Counts a failed request.
   *
   * @return completes where the store is up, as far as is known; fails with the probe's {@link
   *     TransferException} where it is down
   */
  public Uni<Void> failed(TransferException failure) {
    return switch (failure.kind()) {
      case UNCHANGED, ABSENT, PRESENT -> {
        answered();
        yield Uni.createFrom().voidItem();
      }
      case UNSUPPORTED, REFUSED -> Uni.createFrom().voidItem();
      // Those that fail while the probe is under way start no second one.
      case PASSING, NO_BUCKET, NO_ACCESS ->
          inARow.incrementAndGet() == mostInARow
              ? probe.onItem().invoke(this::answered)
              : Uni.createFrom().voidItem();
    };
  }
}
