package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Fills a database, a second time without owners if the dump names a role that does not exist. */
final class RetryingFill {

  private final ServerSession session;
  private final DumpFill fill;
  private final int jobs;
  private final DatabaseUri server;
  private final LongConsumer progress;
  private final Cancellation cancellation;
  private RestoreExclusions exclusions;

  RetryingFill(
      ServerSession session,
      DumpFill fill,
      int jobs,
      DatabasePlan plan,
      LongConsumer progress,
      Cancellation cancellation) {
    this.session = session;
    this.fill = fill;
    this.jobs = jobs;
    this.server = plan.request().target();
    this.progress = progress;
    this.cancellation = cancellation;
    this.exclusions = plan.exclusions();
  }

  /** Whether {@link #fillNew} uses several connections, so that a failure leaves a part. */
  boolean isParallel() {
    return !fill.withJobs(jobs).isAtomic();
  }

  /**
   * Fills an existing database in one transaction.
   *
   * @param warnings receives a warning if owners are left out
   * @throws io.parsecbackup.Problem if the dump does not fit in; the database is then empty
   */
  void fill(String database, Consumer<String> warnings) {
    fill(fill, database, () -> {}, warnings);
  }

  /**
   * Fills a new database, with several connections if possible.
   *
   * @param again drops the database and creates it, for a second attempt
   * @param warnings as for {@link #fill(String, Consumer)}
   * @throws io.parsecbackup.Problem if the dump does not fit in; the database may contain a part
   */
  void fillNew(String database, Runnable again, Consumer<String> warnings) {
    fill(fill.withJobs(jobs), database, again, warnings);
  }

  private void fill(DumpFill chosen, String database, Runnable again, Consumer<String> warnings) {
    DumpFill.Result result = fillOnce(chosen, database);
    if (!result.succeeded() && !exclusions.owners() && FillFailure.isRoleMissing(result)) {
      exclusions = exclusions.withOwners();
      warnings.accept(
          "All objects now belong to the role %s, without privileges, because the dump names a role that does not exist: %s"
              .formatted(Sql.name(server.user()), result.stderr().lines().findFirst().orElse("")));
      if (!result.isAtomic()) {
        again.run();
      }
      result = fillOnce(chosen, database);
    }
    if (!result.succeeded()) {
      throw FillFailure.of(result, server.withDatabase(database));
    }
  }

  private DumpFill.Result fillOnce(DumpFill chosen, String database) {
    return chosen.run(
        server.withDatabase(database).libpq(session.host()), exclusions, progress, cancellation);
  }

  /** Whether the fill left out owners and privileges. */
  boolean excludesOwners() {
    return exclusions.owners();
  }
}
