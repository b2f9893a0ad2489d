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
 * The objects of one bucket: fetched into scratch and compared with what the server says of them,
 * again where a failure may pass.
 *
 * @param disk runs what blocks: no event loop waits for a file
 * @param parts gives the name of a file that is not there yet
 * @param judge decides whether what came is the object
 */
record NodeObjects(
    ObjectTransfer transfer,
    Executor disk,
    Retries retries,
    Supplier<Path> parts,
    ContentVerifier judge)
    implements ObjectSource {

  @Override
  public Uni<FetchResult> get(FetchRequest wanted) {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    return retries
        .around(Uni.createFrom().deferred(() -> attempt(wanted, tries)))
        .onTermination()
        .invoke(() -> judge.trust().done(wanted.key()));
  }

  /** Each try has a file of its own: of one that broke off, a late chunk may still be written. */
  private Uni<FetchResult> attempt(FetchRequest wanted, EtagTrust.Tries tries) {
    Path part = parts.get();
    return transfer
        .get(wanted.key(), wanted.heldEtag(), SizeLimit.of(wanted.size()), part)
        .onItem()
        .transformToUni(fetched ->
            checked(wanted.key(), judge.check(wanted, fetched, tries))
                .onItem()
                .transform(check -> new FetchResult(part, fetched, check, List.of())))
        .onFailure()
        .recoverWithUni(failure -> cleared(part, failure));
  }

  /** Fails with {@link TransferException} where the bytes are not the object's. */
  private Uni<ContentCheck> checked(String key, ContentVerifier.Verdict verdict) {
    return switch (verdict) {
      case ContentVerifier.Accepted(ContentCheck check) -> Uni.createFrom().item(check);
      case ContentVerifier.Doubtful(ContentCheck otherwise, String fault) ->
          judge
              .trust()
              .trial(key)
              .orElseGet(() -> Uni.createFrom().voidItem())
              .emitOn(disk)
              .onItem()
              .transform(known -> {
                if (!judge.trust().areNoMd5()) {
                  throw new TransferException(TransferException.Kind.PASSING, fault);
                }
                return otherwise;
              });
    };
  }

  /** Fails with {@code failure} once nothing is left of {@code part}. */
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
