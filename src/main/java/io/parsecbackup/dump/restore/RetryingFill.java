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
  private final DatabaseUri server;
  private final LongConsumer progress;
  private final Cancellation cancellation;
  private RestoreExclusions exclusions;

  RetryingFill(
      ServerSession session,
      DumpFill fill,
      DatabasePlan plan,
      LongConsumer progress,
      Cancellation cancellation) {
    this.session = session;
    this.fill = fill;
    this.server = plan.request().target();
    this.progress = progress;
    this.cancellation = cancellation;
    this.exclusions = plan.exclusions();
  }

  /**
   * Fills.
   *
   * @param warnings receives a warning if owners are left out
   * @throws io.parsecbackup.Problem if the dump does not fit in; the database is then empty
   */
  void fill(String database, Consumer<String> warnings) {
    DumpFill.Result result = fillOnce(database);
    if (!result.succeeded() && !exclusions.owners() && FillFailure.isRoleMissing(result)) {
      exclusions = exclusions.withOwners();
      warnings.accept(
          "All objects now belong to the role %s, without privileges, because the dump names a role that does not exist: %s"
              .formatted(Sql.name(server.user()), result.stderr().lines().findFirst().orElse("")));
      result = fillOnce(database);
    }
    if (!result.succeeded()) {
      throw FillFailure.of(result, server.withDatabase(database));
    }
  }

  private DumpFill.Result fillOnce(String database) {
    return fill.run(
        server.withDatabase(database).libpq(session.host()), exclusions, progress, cancellation);
  }

  /** Whether the fill left out owners and privileges. */
  boolean excludesOwners() {
    return exclusions.owners();
  }
}
