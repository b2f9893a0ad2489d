package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpCheck;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpFormat;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.archive.DumpReader;
import io.parsecbackup.dump.archive.RestoreTools;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.ServerLock;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.SessionEnd;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Puts a dump back. The target holds either what it held or what the dump holds, whatever happens
 * and whenever it does; a call that was cut off is finished, or done anew, by the next.
 */
@ApplicationScoped
public class DatabaseRestorer {

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(15);
  private static final Duration OURS_END = Duration.ofSeconds(30);

  /** Long enough for dropping a large database; a longer clean-up is left to the next restore. */
  private static final Duration CLEAN_UP = Duration.ofMinutes(5);

  private final Supplier<PgTools> tools;
  private final RestoreSteps steps;
  private final boolean alwaysThroughPsql;

  @Inject
  public DatabaseRestorer(InstalledPgTools tools) {
    this(tools, step -> {});
  }

  /**
   * For tests that kill the program.
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
    this.tools = tools;
    this.steps = steps;
    this.alwaysThroughPsql = alwaysThroughPsql;
  }

  /**
   * Looks at dump and target and says what {@link #carryOut} would do. Changes nothing.
   *
   * @param replace whether a target that holds something may be replaced
   * @throws Problem for everything that forbids the restore: of kind DATABASE, SPACE, CANCELLED or
   *     INTERNAL
   */
  public DatabasePlan plan(
      DumpSource dump, DatabaseUri target, boolean replace, Cancellation cancellation) {
    PgTools found = tools.get();
    DumpFacts facts = DumpReader.read(dump.file(), dump.format(), found, cancellation);
    if (dump.format() == DumpFormat.PLAIN) {
      DumpCheck.requireEnd(dump.file());
    }
    try (ServerSession session = ServerSession.maintenance(target, cancellation)) {
      fill(session, dump, facts, found);
      RestoreCheck check = check(dump, facts, target, found, cancellation);
      return new RestorePlanner(session, dump, check, replace, cancellation).look().plan();
    }
  }

  /**
   * Puts the dump back. Looks at the target once more: what was planned must still be allowed.
   *
   * @param progress is told bytes, of the dump or of the script that it becomes
   * @throws Problem as {@link #plan} does; of kind HELD while another restores into the same
   *     database. The target is then what it was
   */
  public DatabaseOutcome carryOut(
      DatabasePlan plan, LongConsumer progress, Cancellation cancellation) {
    DatabaseUri target = plan.target();
    PgTools found = tools.get();
    String name = Sql.name(target.database());
    try (ServerSession session = ServerSession.maintenance(target, cancellation)) {
      ServerLock.take(
          session,
          "restore into " + target.database(),
          LOCK_PATIENCE,
          "Another restore into the database " + name + " is going on. Wait for its end.");
      SessionEnd.ofRestores(session, target.database(), OURS_END);
      RestoreCheck check = check(plan.dump(), plan.facts(), target, found, cancellation);
      RestorePlanner.Situation now =
          new RestorePlanner(session, plan.dump(), check, plan.replace(), cancellation).look();
      RetryingFill fill =
          new RetryingFill(
              session,
              fill(session, plan.dump(), plan.facts(), found),
              now.plan(),
              progress,
              cancellation);
      return new DatabaseRestore(session, steps, fill, check, now).run();
    }
  }

  /**
   * Looks whether {@link #scratch} could make a database. Changes nothing.
   *
   * @throws Problem of kind DATABASE when the server is not reached, or the role may create none
   */
  public void requireScratch(DatabaseUri server, String name, Cancellation cancellation) {
    try (ServerSession session = ServerSession.maintenance(server, cancellation)) {
      RestoreRights.of(session)
          .requireCreate("The scratch database " + Sql.name(name) + " is to be created");
    }
  }

  /**
   * Makes a database of its own from a dump, for a look at it; it goes with {@link
   * ScratchDatabase#drop} or {@link ScratchDatabase#close}. Looks at the server first, then reads
   * the dump.
   *
   * @param server where, with a role that may create databases; its database's name is not used
   * @param name the scratch database's; one of that name that an earlier call left is dropped
   * @throws Problem of kind HELD while another call has a scratch database of that name; else as
   *     {@link #plan} does. Nothing is left then
   */
  public ScratchDatabase scratch(
      DatabaseUri server, String name, DumpSource dump, Cancellation cancellation) {
    requireScratch(server, name, cancellation);
    PgTools found = tools.get();
    DumpFacts facts = DumpReader.read(dump.file(), dump.format(), found, cancellation);
    if (dump.format() == DumpFormat.PLAIN) {
      DumpCheck.requireEnd(dump.file());
    }
    return ScratchDatabase.open(
        server.withDatabase(name),
        dump,
        facts,
        session -> fill(session, dump, facts, found),
        steps,
        cancellation);
  }

  private static RestoreCheck check(
      DumpSource dump,
      DumpFacts facts,
      DatabaseUri target,
      PgTools found,
      Cancellation cancellation) {
    Optional<String> schema = facts.parsecSchema(dump.schema());
    return new RestoreCheck(new DumpProof(() -> found), facts, dump.file(), schema, target, cancellation);
  }

  private DumpFill fill(
      ServerSession session, DumpSource dump, DumpFacts facts, PgTools found) {
    int major = PgVersion.majorOf(TargetServer.versionNum(session));
    PgTools.Tools chosen = RestoreTools.choose(found, facts, OptionalInt.of(major));
    DumpFill fill = DumpFill.of(chosen, facts, dump.file(), major);
    return alwaysThroughPsql ? fill.throughPsqlAlways() : fill;
  }
}
