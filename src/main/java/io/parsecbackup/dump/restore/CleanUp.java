package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Work on a server after a restore or a drill, or after its failure. It uses its own session, which
 * a cancellation of the job does not end, and has a time limit for a server that hangs or is
 * silent.
 */
record CleanUp(DatabaseUri server, Duration limit) {

  /** A cancellation after a time limit. */
  static Cancellation timer(Duration limit) {
    Cancellation timer = new Cancellation();
    CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> timer.cancel("the limit is over"));
    return timer;
  }

  /**
   * Connects, does {@code work} and disconnects.
   *
   * @throws Problem of kind DATABASE if it fails or takes longer than the limit; the connection is
   *     closed then
   */
  void run(Consumer<ServerSession> work) {
    Cancellation timer = timer(limit);
    try (ServerSession session = ServerSession.maintenance(server, timer)) {
      work.accept(session);
    } catch (Problem e) {
      if (e.kind() != Problem.Kind.CANCELLED || !timer.isCancelled()) {
        throw e;
      }
      throw new Problem(
          Problem.Kind.DATABASE,
          "The database server did not finish the clean-up within %s s (%s). Check its log and pg_stat_activity."
              .formatted(limit.toMillis() / 1000.0, server),
          e);
    }
  }

  /**
   * Does the remaining work after a successful restore; a failure does not undo the restore.
   *
   * @param otherwise what to do after a failure, without a full stop
   * @return a warning, if it fails
   */
  Optional<String> attempt(String otherwise, Consumer<ServerSession> work) {
    try {
      run(work);
      return Optional.empty();
    } catch (Problem e) {
      return Optional.of(
          "The restore is done, but its clean-up failed. %s. (%s)"
              .formatted(otherwise, e.getMessage()));
    }
  }
}
