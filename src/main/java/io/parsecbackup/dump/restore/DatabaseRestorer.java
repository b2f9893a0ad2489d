package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DumpJobs;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.RestoreTools;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.ServerLock;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.SessionEnd;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Restores a dump into a database. Whatever happens, the target contains either its old contents or
 * those of the dump. The next call finishes or repeats one that was interrupted.
 */
@ApplicationScoped
public class DatabaseRestorer {

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(15);
  private static final Duration OWN_SESSIONS_END = Duration.ofSeconds(30);

  /** Enough to drop a large database; the next restore does what takes longer. */
  private static final Duration CLEAN_UP = Duration.ofMinutes(5);

  private final Supplier<PgTools> tools;
  private final RestoreSteps steps;
  private final boolean alwaysThroughPsql;
  private final int jobs;

  /**
   * From the configuration.
   *
   * @throws Problem of kind CONFIGURATION if a setting is wrong
   */
  @Inject
  public DatabaseRestorer(InstalledPgTools tools, RestoreConfig config) {
    this(
        tools,
        new RestoreSteps(step -> {}, CLEAN_UP),
        false,
        DumpJobs.of(RestoreConfig.JOBS, config.jobs()));
  }

  /**
   * For tests that kill the program. Uses one connection.
   *
   * @param checkpoint receives the name of each step with its own commit, before and after it
   */
  public DatabaseRestorer(Supplier<PgTools> tools, Consumer<String> checkpoint) {
    this(tools, checkpoint, false);
  }

  DatabaseRestorer(
      Supplier<PgTools> tools, Consumer<String> checkpoint, boolean alwaysThroughPsql) {
    this(tools, new RestoreSteps(checkpoint, CLEAN_UP), alwaysThroughPsql);
  }

  DatabaseRestorer(Supplier<PgTools> tools, RestoreSteps steps, boolean alwaysThroughPsql) {
    this(tools, steps, alwaysThroughPsql, 1);
  }

  private DatabaseRestorer(
      Supplier<PgTools> tools, RestoreSteps steps, boolean alwaysThroughPsql, int jobs) {
    this.tools = tools;
    this.jobs = jobs;
    this.steps = steps;
    this.alwaysThroughPsql = alwaysThroughPsql;
  }

  /** The same, which fills new databases with so many connections at once. */
  public DatabaseRestorer withJobs(int most) {
    return new DatabaseRestorer(tools, steps, alwaysThroughPsql, most);
  }

  /**
   * Checks the dump and the target, and plans what {@link #carryOut} would do. Changes nothing.
   *
   * @param replace whether a target that is not empty may be replaced
   * @throws Problem for everything that prevents the restore: of kind DATABASE, SPACE, CANCELLED or
   *     INTERNAL
   */
  public DatabasePlan plan(
      DumpSource dump, DatabaseUri target, boolean replace, Cancellation cancellation) {
    PgTools found = tools.get();
    DumpProof proof = new DumpProof(() -> found);
    DumpFacts facts = proof.facts(dump.file(), dump.format(), cancellation);
    OptionalInt migration =
        proof.newestMigration(
            facts, dump.file(), facts.parsecSchema(dump.database().schema()), cancellation);
    try (ServerSession session = ServerSession.maintenance(target, cancellation)) {
      fill(session, dump, facts, found);
      DatabasePlan.Request request =
          new DatabasePlan.Request(dump, facts, migration, target, replace);
      RestoreCheck check = check(request, found, cancellation);
      return new RestorePlanner(session, request, check, cancellation).look().plan();
    }
  }

  /**
   * Restores the dump. Checks the target again, because it may have changed since the plan.
   *
   * @param progress receives bytes, of the dump or of its script
   * @throws Problem as {@link #plan} does; of kind HELD while another restore into the same
   *     database runs. The target is then unchanged
   */
  public DatabaseOutcome carryOut(
      DatabasePlan plan, LongConsumer progress, Cancellation cancellation) {
    DatabasePlan.Request request = plan.request();
    DatabaseUri target = request.target();
    PgTools found = tools.get();
    String name = Sql.name(target.database());
    try (ServerSession session = ServerSession.maintenance(target, cancellation)) {
      ServerLock.take(
          session,
          "restore into " + target.database(),
          LOCK_PATIENCE,
          "Another restore into the database " + name + " is running. Wait until it has ended.");
      SessionEnd.ofRestores(session, target.database(), OWN_SESSIONS_END);
      RestoreCheck check = check(request, found, cancellation);
      RestorePlanner.Situation now =
          new RestorePlanner(session, request, check, cancellation).look();
      RetryingFill fill =
          new RetryingFill(
              session,
              fill(session, request.dump(), request.facts(), found),
              jobs,
              now.plan(),
              progress,
              cancellation);
      return new DatabaseRestore(session, steps, fill, check, now).run();
    }
  }

  /**
   * Checks that {@link #scratch} can create a database. Changes nothing.
   *
   * @throws Problem of kind DATABASE if the server cannot be reached, or the role may not create
   *     one
   */
  public void requireScratch(DatabaseUri server, String name, Cancellation cancellation) {
    try (ServerSession session = ServerSession.maintenance(server, cancellation)) {
      RestoreRights.of(session)
          .requireCreate("The scratch database " + Sql.name(name) + " must be created");
    }
  }

  /**
   * Restores a dump into a temporary database for a check. {@link ScratchDatabase#drop} or {@link
   * ScratchDatabase#close} drops it.
   *
   * @param server with a role that may create databases; its database name is not used
   * @param name of the scratch database; one that an earlier call left behind is dropped
   * @param facts of the dump, which was read to its end
   * @throws Problem of kind HELD while another call uses a scratch database of that name; else as
   *     {@link #plan} does. No database is left behind then
   */
  public ScratchDatabase scratch(
      DatabaseUri server,
      String name,
      DumpSource dump,
      DumpFacts facts,
      Cancellation cancellation) {
    requireScratch(server, name, cancellation);
    PgTools found = tools.get();
    return ScratchDatabase.open(
        server.withDatabase(name),
        dump,
        facts,
        session -> fill(session, dump, facts, found).withJobs(jobs),
        steps,
        cancellation);
  }

  private static RestoreCheck check(
      DatabasePlan.Request request, PgTools found, Cancellation cancellation) {
    return new RestoreCheck(new DumpProof(() -> found), request, cancellation);
  }

  private DumpFill fill(ServerSession session, DumpSource dump, DumpFacts facts, PgTools found) {
    int major = TargetServer.version(session).major();
    PgTools.Tools chosen = RestoreTools.choose(found, facts, OptionalInt.of(major));
    DumpFill fill = DumpFill.of(chosen, facts, dump.file(), major);
    return alwaysThroughPsql ? fill.throughPsqlAlways() : fill;
  }
}
