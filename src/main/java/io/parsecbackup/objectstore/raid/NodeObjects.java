package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.repository.index.ContentCheck;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The objects of one bucket. Fetches them into scratch and checks them against the server's answer.
 * Retries temporary failures.
 *
 * @param disk runs blocking work, so that no event loop waits for a file
 * @param parts names a file that does not exist yet
 * @param verifier checks whether the bytes are the object's
 */
record NodeObjects(
    ObjectTransfer transfer,
    Executor disk,
    Retries retries,
    Supplier<Path> parts,
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

  /** Each try has its own file: a chunk of an aborted try may be written late. */
  private Uni<FetchResult> attempt(FetchRequest request, EtagTrust.Tries tries) {
    Path part = parts.get();
    return transfer
        .get(request.key(), request.heldEtag(), SizeLimit.of(request.size()), part)
        .onItem()
        .transformToUni(fetched ->
            checked(request.key(), verifier.check(request, fetched, tries))
                .onItem()
                .transform(check -> new FetchResult(part, fetched, check, List.of())))
        .onFailure()
        .recoverWithUni(failure -> cleared(part, failure));
  }

  /** Fails with {@link TransferException} if the bytes are not the object's. */
  private Uni<ContentCheck> checked(String key, ContentVerifier.Verdict verdict) {
    return switch (verdict) {
      case ContentVerifier.Accepted(ContentCheck check) -> Uni.createFrom().item(check);
      case ContentVerifier.Doubtful(ContentCheck otherwise, String fault) ->
          verifier
              .trust()
              .trial(key)
              .orElseGet(() -> Uni.createFrom().voidItem())
              .emitOn(disk)
              .onItem()
              .transform(known -> {
                if (!verifier.trust().areNoMd5()) {
                  throw new TransferException(TransferException.Kind.TEMPORARY, fault);
                }
                return otherwise;
              });
    };
  }

  /** Deletes {@code part}, then fails with {@code failure}. */
  private Uni<FetchResult> cleared(Path part, Throwable failure) {
    return Uni.createFrom()
        .<FetchResult>emitter(emitter -> {
          try {
            Files.deleteIfExists(part);
            emitter.fail(failure);
          } catch (IOException e) {
            emitter.fail(new UncheckedIOException(e));
          }
        })
        .runSubscriptionOn(disk);
  }
}
