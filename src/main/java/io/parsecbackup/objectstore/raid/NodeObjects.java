package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.repository.index.ContentCheck;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The objects of one bucket. Fetches them and checks them against the server's answer. Retries
 * temporary failures.
 *
 * @param disk runs blocking work, so that no event loop waits for a file
 * @param bodies receives the objects
 * @param verifier checks whether the bytes are the object's
 */
record NodeObjects(
    ObjectTransfer transfer,
    Executor disk,
    Retries retries,
    BodyScratch bodies,
    ContentVerifier verifier)
    implements ObjectSource {

  @Override
  public Uni<FetchResult> get(FetchRequest request) {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    return retries
        .around(Uni.createFrom().deferred(() -> attempt(request, tries)))
        .onTermination()
        .invoke(() -> verifier.trust().done(request.key()));
  }

  private Uni<FetchResult> attempt(FetchRequest request, EtagTrust.Tries tries) {
    return transfer
        .get(request.key(), request.heldEtag(), SizeLimit.of(request.size()), bodies)
        .onItem()
        .transformToUni(received -> checked(request, received, tries));
  }

  private Uni<FetchResult> checked(
      FetchRequest request, ReceivedObject received, EtagTrust.Tries tries) {
    ContentVerifier.Verdict verdict;
    try {
      verdict = verifier.check(request, received.object(), tries);
    } catch (RuntimeException | Error e) {
      received.close();
      throw e;
    }
    return switch (verdict) {
      // Nearly all objects: without the cost of further steps.
      case ContentVerifier.Accepted(ContentCheck check) ->
          Uni.createFrom().item(new FetchResult(received, check, List.of()));
      case ContentVerifier.Doubtful(ContentCheck otherwise, String fault) ->
          trial(request.key(), fault)
              .onItem()
              .transform(known -> new FetchResult(received, otherwise, List.of()))
              .onFailure()
              .invoke(failure -> received.close());
    };
  }

  /** Fails with {@link TransferException} if the bytes are not the object's. */
  private Uni<Void> trial(String key, String fault) {
    return verifier
        .trust()
        .trial(key)
        .orElseGet(() -> Uni.createFrom().voidItem())
        .emitOn(disk)
        .onItem()
        .invoke(known -> {
          if (!verifier.trust().areNoMd5()) {
            throw new TransferException(TransferException.Kind.TEMPORARY, fault);
          }
        });
  }
}
