package io.parsecbackup.dump.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.Failures;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.SessionEnd;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.testing.EmbeddedDatabase;
import io.parsecbackup.testing.MachinePgTools;
import io.parsecbackup.testing.TcpRelay;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A clean-up ends even if the server hangs or has gone silent. */
@Timeout(60)
class CleanUpTest {

  private static final Duration LIMIT = Duration.ofSeconds(1);

  /** Blocks statements that change a database's comment or drop it, but not reads. */
  private static final String HANG = "LOCK TABLE pg_shdescription IN SHARE MODE";

  @TempDir static Path folder;

  private static EmbeddedDatabase server;
  private static Path dump;

  @BeforeAll
  static void start() {
    server = EmbeddedDatabase.open();
    Databases.fill(server, "parsec");
    dump =
        Databases.dump(
            Databases.uri(server.uri("parsec")), DumpFormat.CUSTOM, folder.resolve("a.dump"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aFinishedRestoreDoesNotFailIfItsCommentCannotBeRemoved() {
    DatabaseUri target = Databases.uri(server.uri("unmarked"));
    DatabaseOutcome outcome;
    try (Hang hang = new Hang("before unmark")) {
      outcome = RestoreFixture.restore(restorer(hang), dump, target, false, Action.CREATE);
    }
    String warning = outcome.warnings().getFirst();
    assertTrue(warning.contains("COMMENT ON DATABASE \"unmarked\" IS NULL"), warning);
    assertEquals(
        List.of("24"), RestoreFixture.query(server, "unmarked", "SELECT max(_id) FROM migration"));
    server.dropDatabase("unmarked");
  }

  @Test
  void aFinishedSwapDoesNotFailIfTheOldDatabaseCannotBeOpened() {
    server.createDatabase("live");
    server.execute("live", "CREATE TABLE old (a int)");
    DatabaseUri target = Databases.uri(server.uri("live"));
    DatabaseOutcome outcome;
    try (Hang hang = new Hang("before reopen of the old database")) {
      outcome = RestoreFixture.restore(restorer(hang), dump, target, true, Action.SWAP);
    }
    String kept = outcome.keptAs().orElseThrow();
    String warning = outcome.warnings().getFirst();
    assertTrue(
        warning.contains("run ALTER DATABASE \"" + kept + "\" ALLOW_CONNECTIONS true"), warning);
    assertEquals(
        List.of("24"), RestoreFixture.query(server, "live", "SELECT max(_id) FROM migration"));
    server.dropDatabase("live");
    server.dropDatabase(kept);
  }

  @Test
  void aFailedRestoreEndsEvenIfItsDatabaseCannotBeDropped() {
    try (Hang hang = new Hang("after mark as begun")) {
      hang.thenFail = true;
      String message =
          Failures.message(
              Problem.Kind.SPACE,
              () ->
                  RestoreFixture.restore(
                      restorer(hang),
                      dump,
                      Databases.uri(server.uri("half")),
                      false,
                      Action.CREATE));
      assertEquals("the test", message);
    }
    server.dropDatabase("half");
  }

  @Test
  void aScratchDatabaseOnASilentServerIsReported() {
    try (TcpRelay relay = new TcpRelay(server.port());
        ScratchDatabase scratch =
            RestoreFixture.scratch(
                restorer(step -> {
                  if (step.equals("before drop")) {
                    relay.fallSilent();
                  }
                }),
                through(relay, "parsec"),
                "drilled",
                RestoreFixture.source(dump, "x"))) {
      String message = Failures.message(Problem.Kind.DATABASE, scratch::drop);
      assertTrue(message.contains("did not finish the clean-up within 1.0 s"), message);
      assertTrue(message.contains("DROP DATABASE \"drilled\" WITH (FORCE)"), message);
    }
    server.dropDatabase("drilled");
  }

  @Test
  void aSilentServerEndsASessionWithAClearError() {
    try (TcpRelay relay = new TcpRelay(server.port());
        ServerSession session =
            ServerSession.maintenance(through(relay, "parsec"), new Cancellation())
                .limit(Duration.ofMillis(300))) {
      relay.fallSilent();
      String message =
          Failures.message(Problem.Kind.DATABASE, () -> SessionEnd.ofRestores(session, "x", LIMIT));
      assertTrue(message.contains("stopped answering"), message);
    }
  }

  private static DatabaseUri through(TcpRelay relay, String database) {
    return Databases.uri(server.uri(database).replace(":" + server.port(), ":" + relay.port()));
  }

  private static DatabaseRestorer restorer(Consumer<String> checkpoint) {
    return new DatabaseRestorer(MachinePgTools::get, new RestoreSteps(checkpoint, LIMIT), false);
  }

  /** From one step on, the server hangs whenever it would change a comment. */
  private static final class Hang implements Consumer<String>, AutoCloseable {

    private final String step;
    private final Connection holder;
    private boolean thenFail;

    Hang(String step) {
      this.step = step;
      try {
        holder = server.connect("postgres");
        holder.setAutoCommit(false);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void accept(String reached) {
      if (!reached.equals(step)) {
        return;
      }
      try (var statement = holder.createStatement()) {
        statement.execute(HANG);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      if (thenFail) {
        throw new Problem(Problem.Kind.SPACE, "the test");
      }
    }

    @Override
    public void close() {
      try {
        holder.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
