package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.raid.FetchRequest;
import io.parsecbackup.objectstore.raid.FetchResult;
import io.parsecbackup.objectstore.raid.ObjectSource;
import io.parsecbackup.objectstore.s3.OutageWatch;
import io.parsecbackup.repository.index.IndexRecord;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Fetches single objects, or compares them with the source. A failed object is recorded and the run
 * continues, unless the source itself is down.
 */
final class ObjectFetcher {

  private static final Logger LOG = Logger.getLogger(ObjectFetcher.class);

  private final LimitedWarnings unreadable =
      new LimitedWarnings(
          LOG,
          "more objects were replaced at the source and cannot be read there; the repository keeps"
              + " its own");

  private final String sourceName;
  private final ObjectSource source;
  private final OutageWatch outage;
  private final ObjectPlacer placer;
  private final FetchFailures failures;
  private final boolean knowsReferences;

  /** Whether a probe of the source has failed while replaced objects were looked at. */
  private volatile boolean sourceIsDown;

  /**
   * @param sourceName for messages
   * @param outage finds out whether the source itself is down
   * @param placer stores the fetched objects
   * @param knowsReferences whether an object that is not planned as covered is needed by no dump
   */
  ObjectFetcher(
      String sourceName,
      ObjectSource source,
      OutageWatch outage,
      ObjectPlacer placer,
      FetchFailures failures,
      boolean knowsReferences) {
    this.sourceName = sourceName;
    this.source = source;
    this.outage = outage;
    this.placer = placer;
    this.failures = failures;
    this.knowsReferences = knowsReferences;
  }

  /**
   * Fetches an object, or records why it cannot. Fails only if the run must stop because the disk
   * fails or the source is down.
   *
   * @param isAccepted whether the loss of the object is accepted, so that it needs no warning
   */
  Uni<Void> fetch(PlannedFetch planned, boolean isAccepted) {
    return get(planned.request(), result -> placer.place(result, planned))
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> giveUp(planned, isAccepted, (TransferException) failure));
  }

  /**
   * Compares an object of the repository with the source, and fetches it if it has changed.
   *
   * @param held the record to keep if it has not changed
   * @param isAccepted whether the loss of the object is accepted
   */
  Uni<Void> recheck(IndexRecord held, boolean isAccepted) {
    PlannedFetch planned = PlannedFetch.of(held);
    return get(FetchRequest.ifChanged(held), result -> placer.place(result, planned))
        .onFailure(ObjectFetcher::isUnchanged)
        .recoverWithUni(() -> unchanged(held))
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> giveUp(planned, isAccepted, (TransferException) failure));
  }

  /**
   * Fetches the bytes that the source has in place of an object that is final in the repository,
   * and stores them in {@code conflicts/}. The repository's object stays, also if the source does
   * not answer.
   *
   * @param isAccepted whether it is accepted that the source has other bytes, so that the same
   *     bytes are not reported again
   */
  Uni<Void> lookAtReplaced(IndexRecord held, boolean isAccepted) {
    if (sourceIsDown) {
      return keep(held);
    }
    return get(FetchRequest.ifChanged(held), result -> placer.placeBeside(result, held, isAccepted))
        .onFailure(ObjectFetcher::isUnchanged)
        .recoverWithUni(() -> unchanged(held))
        .onFailure(TransferException.class)
        .recoverWithUni(failure -> cannotRead(held, (TransferException) failure));
  }

  private Uni<Void> get(FetchRequest request, Consumer<FetchResult> place) {
    return source
        .get(request)
        .onItem()
        .invoke(result -> {
          try (result) {
            place.accept(result);
          }
          outage.answered();
        })
        .replaceWithVoid();
  }

  private Uni<Void> cannotRead(IndexRecord held, TransferException failure) {
    unreadable.warnf(
        "the object '%s' was replaced at the source, and cannot be read there: %s",
        held.key(), String.valueOf(failure.getMessage()));
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .recoverWithUni(probe -> {
          sourceIsDown = true;
          LOG.warnf(
              "%s is down: this run skips the other objects that were replaced there. %s",
              sourceName, probe.getMessage());
          return Uni.createFrom().voidItem();
        })
        .chain(() -> keep(held));
  }

  private static boolean isUnchanged(Throwable failure) {
    return failure instanceof TransferException transfer
        && transfer.kind() == TransferException.Kind.UNCHANGED;
  }

  private Uni<Void> unchanged(IndexRecord held) {
    outage.answered();
    return keep(held);
  }

  private Uni<Void> keep(IndexRecord held) {
    return Uni.createFrom().voidItem().invoke(() -> placer.keep(held));
  }

  private Uni<Void> giveUp(PlannedFetch planned, boolean isAccepted, TransferException failure) {
    try {
      record(planned, isAccepted, failure);
    } catch (IOException e) {
      return Uni.createFrom().failure(new UncheckedIOException(e));
    }
    return outage
        .failed(failure)
        .onFailure(TransferException.class)
        .transform(probe -> lost(failure, (TransferException) probe));
  }

  private void record(PlannedFetch planned, boolean isAccepted, TransferException failure)
      throws IOException {
    String why = String.valueOf(failure.getMessage());
    if (failure.kind() == TransferException.Kind.ABSENT) {
      failures.warn(isAccepted, "the object '%s' no longer exists at the source", planned.key());
      if (planned.covered() || !knowsReferences) {
        failures.add(planned.key(), FetchFailure.Kind.ABSENT, why);
      }
      return;
    }
    failures.add(planned.key(), FetchFailure.Kind.UNREADABLE, why);
    failures.warn(isAccepted, "the object '%s' cannot be read: %s", planned.key(), why);
  }

  private Problem lost(TransferException last, TransferException probe) {
    return new Problem(
        Kind.OBJECT_STORE,
        "objects could not be read from "
            + sourceName
            + ", the last one because "
            + last.getMessage()
            + "; a probe of the bucket failed too: "
            + probe.getMessage()
            + ". Run the backup again when the bucket is available: it fetches only the rest",
        probe);
  }
}
