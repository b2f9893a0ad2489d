package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Requests an object that a bucket cannot have. Any S3 answer, even a refusal, shows that the store
 * is up. This needs no right to list the bucket.
 *
 * @param disk runs blocking work
 * @param parts makes the name of a file that does not exist yet
 */
public record StoreProbe(
    ObjectTransfer transfer, Executor disk, Retries retries, Supplier<Path> parts) {

  /** Completes if the store answers; fails with {@link TransferException} if it does not. */
  public Uni<Void> ask() {
    return retries.around(Uni.createFrom().deferred(this::attempt));
  }

  private Uni<Void> attempt() {
    Path part = parts.get();
    return transfer
        .get("parsec-backup-probe/" + UUID.randomUUID(), "", SizeLimit.LARGEST_BLOCK, part)
        .onItem()
        .<Void>transformToUni(found ->
            Uni.createFrom()
                .failure(
                    new TransferException(
                        TransferException.Kind.TEMPORARY,
                        "the server sends an object for a key that was never used: it is not an S3"
                            + " server")))
        .onFailure(StoreProbe::isAnswer)
        .recoverWithNull()
        .emitOn(disk)
        .onTermination()
        .invoke(() -> delete(part));
  }

  private static boolean isAnswer(Throwable failure) {
    return failure instanceof TransferException transfer
        && switch (transfer.kind()) {
          case UNCHANGED, ABSENT, PRESENT, UNSUPPORTED, REFUSED -> true;
          case TEMPORARY, NO_BUCKET, NO_ACCESS -> false;
        };
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
