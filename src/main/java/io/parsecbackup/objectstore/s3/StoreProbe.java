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
 * Asks a bucket for an object that it cannot have. Any answer that S3 gives to that, a refusal too,
 * shows that the store is up; it needs no right to list the bucket.
 *
 * @param disk runs what blocks
 * @param parts gives the name of a file that is not there yet
 */
public record StoreProbe(
    ObjectTransfer transfer, Executor disk, Retries retries, Supplier<Path> parts) {

  /** Completes where the store answers; fails with {@link TransferException} where it does not. */
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
                        TransferException.Kind.PASSING,
                        "the server gives an object for a key that nobody has used: it is no S3"
                            + " server that answers")))
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
          case PASSING, NO_BUCKET, NO_ACCESS -> false;
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
