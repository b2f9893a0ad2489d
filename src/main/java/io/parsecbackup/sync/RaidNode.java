package io.parsecbackup.sync;

import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One node of a RAID. Once it has failed many times in a row it is taken for lost and not asked any
 * more: a dead node shall not cost its retries for each object.
 */
final class RaidNode implements ObjectSource {

  private static final Logger LOG = Logger.getLogger(RaidNode.class);

  private final String name;
  private final ObjectSource objects;
  private final int mostInARow;
  private final AtomicInteger inARow = new AtomicInteger();
  private volatile @Nullable TransferException lost;

  /**
   * @param name of the node, for messages
   * @param mostInARow so many failures without an answer between them mean that it is lost
   */
  RaidNode(String name, ObjectSource objects, int mostInARow) {
    this.name = name;
    this.objects = objects;
    this.mostInARow = mostInARow;
  }

  /** What the node answers. Fails with {@link java.io.UncheckedIOException} alone. */
  sealed interface Answer {}

  /** An object. */
  record Came(Arrived arrived) implements Answer {}

  /** It has what is held already. */
  record Unchanged() implements Answer {}

  /** Nothing. */
  record Failed(TransferException failure) implements Answer {}

  Uni<Answer> ask(Wanted wanted) {
    return get(wanted)
        .onItem()
        .<Answer>transform(Came::new)
        .onFailure(TransferException.class)
        .recoverWithItem(failure -> {
          return failure.kind() == TransferException.Kind.UNCHANGED
              ? new Unchanged()
              : new Failed(failure);
        });
  }

  @Override
  public Uni<Arrived> get(Wanted wanted) {
    return Uni.createFrom()
        .deferred(() -> {
          TransferException why = lost;
          return why != null
              ? Uni.createFrom().failure(why)
              : objects
                  .get(wanted)
                  .onItem()
                  .invoke(() -> inARow.set(0))
                  .onFailure(TransferException.class)
                  .invoke(this::count);
        });
  }

  /** Its name, for messages. */
  String name() {
    return name;
  }

  private void count(TransferException failure) {
    switch (failure.kind()) {
      case UNCHANGED, ABSENT -> inARow.set(0);
      case PASSING, NO_BUCKET, PRESENT, UNSUPPORTED, REFUSED -> {
        if (inARow.incrementAndGet() == mostInARow) {
          LOG.warnf(
              "%s is taken for lost for the rest of this run: %d requests in a row have failed, the"
                  + " last because %s",
              name, mostInARow, failure.getMessage());
          lost =
              new TransferException(
                  TransferException.Kind.REFUSED,
                  name + " is taken for lost: " + failure.getMessage(),
                  failure);
        }
      }
    }
  }
}
