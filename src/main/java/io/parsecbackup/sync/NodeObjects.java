package io.parsecbackup.sync;

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
 */
record NodeObjects(ObjectTransfer transfer, Executor disk, Retries retries, Supplier<Path> parts)
    implements ObjectSource {

  @Override
  public Uni<Arrived> get(Wanted wanted) {
    return retries.around(Uni.createFrom().deferred(() -> attempt(wanted)));
  }

  /** Each try has a file of its own: of one that broke off, a late chunk may still be written. */
  private Uni<Arrived> attempt(Wanted wanted) {
    Path part = parts.get();
    return transfer
        .get(wanted.key(), wanted.heldEtag(), SizeLimit.of(wanted.size()), part)
        .emitOn(disk)
        .onItem()
        .invoke(fetched -> {
          String fault = fetched.fault(wanted);
          if (!fault.isEmpty()) {
            throw new TransferException(TransferException.Kind.PASSING, fault);
          }
        })
        .onFailure()
        .recoverWithUni(failure -> cleared(part, failure))
        .onItem()
        .transform(fetched -> new Arrived(part, fetched, List.of()));
  }

  /** Fails with {@code failure} once nothing is left of {@code part}. */
  private Uni<FetchedObject> cleared(Path part, Throwable failure) {
    return Uni.createFrom()
        .<FetchedObject>emitter(emitter -> {
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
