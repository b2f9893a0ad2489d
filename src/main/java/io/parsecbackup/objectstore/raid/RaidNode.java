package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One node of a RAID. Once it has failed many times in a row, and a probe of it too, it is taken
 * for lost and not asked any more: a dead node shall not cost its retries for each object.
 */
final class RaidNode implements ObjectSource {

  private static final Logger LOG = Logger.getLogger(RaidNode.class);

  private final String name;
  private final ObjectSource objects;
  private final OutageWatch outage;
  private volatile @Nullable TransferException lost;

  /**
   * @param name of the node, for messages
   * @param outage finds out whether it is lost
   */
  RaidNode(String name, ObjectSource objects, OutageWatch outage) {
    this.name = name;
    this.objects = objects;
    this.outage = outage;
  }

  /** What the node answers. Fails with {@link java.io.UncheckedIOException} alone. */
  sealed interface Answer {}

  /** An object. */
  record Fetched(FetchResult arrived) implements Answer {}

  /** It has what is held already. */
  record Unchanged() implements Answer {}

  /** Nothing. */
  record Failed(TransferException failure) implements Answer {}

  Uni<Answer> ask(FetchRequest wanted) {
    return get(wanted)
        .onItem()
        .<Answer>transform(Fetched::new)
        .onFailure(TransferException.class)
        .recoverWithItem(failure -> {
          return failure.kind() == TransferException.Kind.UNCHANGED
              ? new Unchanged()
              : new Failed(failure);
        });
  }

  @Override
  public Uni<FetchResult> get(FetchRequest wanted) {
    return Uni.createFrom()
        .deferred(() -> {
          TransferException why = lost;
          return why != null
              ? Uni.createFrom().failure(why)
              : objects
                  .get(wanted)
                  .onItem()
                  .invoke(outage::answered)
                  .onFailure(TransferException.class)
                  .call(failure -> count((TransferException) failure));
        });
  }

  /** Its name, for messages. */
  String name() {
    return name;
  }

  private Uni<Void> count(TransferException failure) {
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .recoverWithUni(probe -> {
          lose((TransferException) probe);
          return Uni.createFrom().voidItem();
        });
  }

  private void lose(TransferException why) {
    LOG.warnf(
        "%s is taken for lost for the rest of this run: %d requests in a row have failed, and a"
            + " probe of it too, because %s",
        name, outage.mostInARow(), why.getMessage());
    lost = new TransferException(why.kind(), name + " is taken for lost: " + why.getMessage(), why);
  }
}
