package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One node of a RAID. After many failures in a row and a failed probe, this run no longer uses it:
 * otherwise a node that is down would cost its retries for every object.
 */
final class RaidNode implements ObjectSource {

  private static final Logger LOG = Logger.getLogger(RaidNode.class);

  private final String name;
  private final ObjectSource objects;
  private final OutageWatch outage;
  private volatile @Nullable TransferException lost;

  /**
   * @param name of the node, for messages
   * @param outage finds out whether the node is down
   */
  RaidNode(String name, ObjectSource objects, OutageWatch outage) {
    this.name = name;
    this.objects = objects;
    this.outage = outage;
  }

  /** An answer of the node. */
  sealed interface Answer {}

  /** An object. */
  record Fetched(FetchResult result) implements Answer {}

  /** The node has the object that the repository has. */
  record Unchanged() implements Answer {}

  /** No object. */
  record Failed(TransferException failure) implements Answer {}

  /** The node's answer. Fails only with {@link java.io.UncheckedIOException}. */
  Uni<Answer> ask(FetchRequest request) {
    return get(request)
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
  public Uni<FetchResult> get(FetchRequest request) {
    return Uni.createFrom()
        .deferred(() -> {
          TransferException why = lost;
          return why != null
              ? Uni.createFrom().failure(why)
              : objects
                  .get(request)
                  .onItem()
                  .invoke(outage::answered)
                  .onFailure(TransferException.class)
                  .call(failure -> count((TransferException) failure));
        });
  }

  /** The node's name, for messages. */
  String name() {
    return name;
  }

  private Uni<Void> count(TransferException failure) {
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .recoverWithUni(probe -> {
          stopUsing((TransferException) probe);
          return Uni.createFrom().voidItem();
        });
  }

  private void stopUsing(TransferException why) {
    LOG.warnf(
        "%s is not used for the rest of this run: requests failed, and a probe failed too: %s",
        name, why.getMessage());
    lost = new TransferException(why.kind(), name + " is down: " + why.getMessage(), why);
  }
}
