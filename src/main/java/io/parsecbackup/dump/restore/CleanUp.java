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
 * Work on a server that follows a restore or a drill, or its failure: in a session of its own,
 * which the end of the job does not end, and which a server that hangs or has gone silent holds up
 * for a limited time only.
 */
record CleanUp(DatabaseUri server, Duration limit) {

  /** A cancellation that comes by itself. */
  static Cancellation timer(Duration limit) {
    Cancellation timer = new Cancellation();
    CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> timer.cancel("the limit is over"));
    return timer;
  }

  /**
   * Connects, does {@code work} and disconnects.
   *
   * @throws Problem of kind DATABASE when that fails, or is not done within the limit; the
   *     connection is closed then
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
          "The database server did not finish the clean-up within %s s (%s). Look at its log and at pg_stat_activity for what holds it up."
              .formatted(limit.toMillis() / 1000.0, server),
          e);
    }
  }

  /**
   * Does what remains once the restored data are in their place: its failure does not undo the
   * restore.
   *
   * @param otherwise what then is to be done, without a full stop
   * @return a warning, if it failed
   */
  Optional<String> attempt(String otherwise, Consumer<ServerSession> work) {
    try {
      run(work);
      return Optional.empty();
    } catch (Problem e) {
      return Optional.of(
          "The restore is done, but its clean-up is not. %s. (%s)"
              .formatted(otherwise, e.getMessage()));
    }
  }
}
