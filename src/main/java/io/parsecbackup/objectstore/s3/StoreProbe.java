package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.BodyScratch;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.util.UUID;

/**
 * Requests an object that a bucket cannot have. Any S3 answer, even a refusal, shows that the store
 * is up. This needs no right to list the bucket.
 *
 * @param bodies receives the body of an answer, which is not used
 */
public record StoreProbe(ObjectTransfer transfer, Retries retries, BodyScratch bodies) {

  /** Completes if the store answers; fails with {@link TransferException} if it does not. */
  public Uni<Void> ask() {
    return retries.around(Uni.createFrom().deferred(this::attempt));
  }

  private Uni<Void> attempt() {
    return transfer
        .get("parsec-backup-probe/" + UUID.randomUUID(), "", SizeLimit.LARGEST_BLOCK, bodies)
        .onItem()
        .invoke(ReceivedObject::close)
        .onItem()
        .<Void>transformToUni(found ->
            Uni.createFrom()
                .failure(
                    new TransferException(
                        TransferException.Kind.TEMPORARY,
                        "the server sends an object for a key that was never used: it is not an S3"
                            + " server")))
        .onFailure(StoreProbe::isAnswer)
        .recoverWithNull();
  }

  private static boolean isAnswer(Throwable failure) {
    return failure instanceof TransferException transfer
        && switch (transfer.kind()) {
          case UNCHANGED, ABSENT, PRESENT, UNSUPPORTED, REFUSED -> true;
          case TEMPORARY, THROTTLED, NO_BUCKET, NO_ACCESS -> false;
        };
  }
}
