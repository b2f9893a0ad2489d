package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.postgres.ServerLock;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A temporary database that was restored from a dump for a check. A session holds a lock on its
 * name. A killed program leaves at most the database, which the next drill with that name drops.
 */
public final class ScratchDatabase implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ScratchDatabase.class);
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

  /** The comment that marks a database that may be dropped. */
  private static final String MARK = "parsec-backup: scratch of a drill, to be dropped";

  private final DatabaseUri uri;
  private final ServerSession session;
  private final RestoreSteps steps;
  private final List<String> warnings;
  private boolean dropCalled;

  private ScratchDatabase(
      DatabaseUri uri, ServerSession session, RestoreSteps steps, List<String> warnings) {
    this.uri = uri;
    this.session = session;
    this.steps = steps;
    this.warnings = List.copyOf(warnings);
  }

  static ScratchDatabase open(
      DatabaseUri uri,
      DumpSource dump,
      DumpFacts facts,
      Function<ServerSession, DumpFill> fill,
      RestoreSteps steps,
      Cancellation cancellation) {
    ServerSession session = ServerSession.maintenance(uri, cancellation);
    String name = uri.database();
    try {
      ServerLock.take(
          session,
          "scratch " + name,
          LOCK_PATIENCE,
          "Another drill uses the scratch database "
              + Sql.name(name)
              + ". Wait until it has ended.");
      ServerChecks server = ServerChecks.of(session, facts, uri);
      dropEarlier(session, uri, cancellation);
      DumpFill chosen = fill.apply(session);
      // Other owners are usual for a drill and need no warning.
      List<String> warnings = new ArrayList<>(server.warnings());
      if (!server.tablespaces().isEmpty()) {
        warnings.add(server.tablespaceWarning());
      }
      try {
        steps.run(
            "create of the database",
            () -> {
              DatabaseDdl.create(
                  session,
                  name,
                  dump.database().encoding().or(facts::encoding),
                  dump.database().collate(),
                  warnings);
            });
        steps.run(
            "mark as begun", () -> session.execute(RestoreMark.comment(name, Optional.of(MARK))));
        steps.run(
            "fill",
            () -> {
              DumpFill.Result result =
                  chosen.run(
                      uri.libpq(session.host()),
                      server.exclusions().withOwners(),
                      bytes -> {},
                      cancellation);
              if (!result.succeeded()) {
                throw FillFailure.of(result, uri);
              }
            });
        return new ScratchDatabase(uri, session, steps, warnings);
      } catch (RuntimeException e) {
        dropQuietly(uri, steps);
        throw e;
      }
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Drops an earlier scratch database: one with the mark, or an empty one from before its mark. */
  private static void dropEarlier(
      ServerSession session, DatabaseUri uri, Cancellation cancellation) {
    Optional<DatabaseRow> earlier = DatabaseRow.find(session, uri.database());
    if (earlier.isEmpty()) {
      return;
    }
    if (!earlier.get().comment().equals(Optional.of(MARK)) && !earlier.get().broken()) {
      try (ServerSession inside = ServerSession.open(uri, cancellation)) {
        if (!DatabaseContents.of(inside).isEmpty()) {
          throw new Problem(
              Problem.Kind.DATABASE,
              "The scratch database needs the name %s, but a database with this name exists that no drill made. Rename or drop that database."
                  .formatted(Sql.name(uri.database())));
        }
      }
    }
    DatabaseDdl.drop(session, uri.database());
  }

  private static void dropNow(DatabaseUri uri, RestoreSteps steps) {
    new CleanUp(uri, steps.cleanUp()).run(session -> DatabaseDdl.drop(session, uri.database()));
  }

  private static void dropQuietly(DatabaseUri uri, RestoreSteps steps) {
    try {
      dropNow(uri, steps);
    } catch (RuntimeException e) {
      LOG.warnf(
          "The scratch database %s could not be dropped; the next drill drops it: %s",
          uri, e.getMessage());
    }
  }

  /** The connection to it, as the role that owns all its contents. */
  public DatabaseUri uri() {
    return uri;
  }

  /** The differences to the source database, in words. */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Ends all sessions in it and drops it.
   *
   * @throws Problem of kind DATABASE that says how to drop it, if it could not be dropped
   */
  public void drop() {
    dropCalled = true;
    try {
      steps.run("drop", () -> dropNow(uri, steps));
    } catch (RuntimeException e) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The scratch database %1$s on the server at %2$s could not be dropped: %3$s. The next drill drops it, or run there: DROP DATABASE %1$s WITH (FORCE)"
              .formatted(Sql.name(uri.database()), uri, withoutDot(e.getMessage())),
          e);
    }
  }

  private static String withoutDot(@Nullable String message) {
    return String.valueOf(message).replaceFirst("\\.$", "");
  }

  /** Drops it, unless {@link #drop} was called; does not fail. */
  @Override
  public void close() {
    try (session) {
      if (!dropCalled) {
        steps.run("drop", () -> dropQuietly(uri, steps));
      }
    }
  }
}
