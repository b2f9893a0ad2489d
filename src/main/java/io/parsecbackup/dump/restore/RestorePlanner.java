package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.restore.DatabasePlan.Action;
import io.parsecbackup.dump.restore.RestoreMark.Stage;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.SessionEnd;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Checks the target and decides what to do; changes nothing. */
final class RestorePlanner {

  /**
   * The situation on the server.
   *
   * @param target the row of the target, if it exists
   * @param whole the complete new database beside it that only needs the swap, if it exists
   */
  record Situation(DatabasePlan plan, Optional<DatabaseRow> target, Optional<DatabaseRow> whole) {

    /** The target's mark, if it belongs to the target itself. */
    Optional<RestoreMark> mark() {
      return target
          .flatMap(DatabaseRow::mark)
          .filter(mark -> mark.into().equals(plan.request().target().database()))
          .filter(mark -> !mark.stage().beside());
    }
  }

  private final ServerSession session;
  private final DatabasePlan.Request request;
  private final DumpSource dump;
  private final DumpFacts facts;
  private final DatabaseUri uri;
  private final RestoreCheck check;
  private final Cancellation cancellation;
  private final String name;
  private final RestoreLeftovers leftovers;

  RestorePlanner(
      ServerSession session,
      DatabasePlan.Request request,
      RestoreCheck check,
      Cancellation cancellation) {
    this.session = session;
    this.request = request;
    this.dump = request.dump();
    this.facts = request.facts();
    this.uri = request.target();
    this.check = check;
    this.cancellation = cancellation;
    this.name = uri.database();
    this.leftovers = new RestoreLeftovers(uri, dump.backupId());
  }

  /** Throws a Problem for everything that prevents the restore. */
  Situation look() {
    ServerChecks server = ServerChecks.of(session, facts, uri);
    RestoreRights rights = server.rights();
    List<DatabaseRow> all = DatabaseRow.all(session);
    Optional<DatabaseRow> target = all.stream().filter(r -> r.name().equals(name)).findFirst();
    if (target.isEmpty()) {
      rights.requireCreate("The database " + Sql.name(name) + " does not exist");
      return situation(Action.CREATE, target, Optional.empty(), server);
    }
    return existing(target.get(), all, server);
  }

  private Situation existing(DatabaseRow target, List<DatabaseRow> all, ServerChecks server) {
    if (target.broken() || target.template()) {
      throw problem(
          name,
          target.broken()
              ? "A DROP DATABASE of the database %s was interrupted. Run it again, then try again."
              : "The database %1$s is a template. Name another database, or run ALTER DATABASE %1$s IS_TEMPLATE false.");
    }
    List<DatabaseRow> made = leftovers.marked(all);
    boolean closedByUs =
        !target.open()
            && made.stream().anyMatch(r -> r.mark().orElseThrow().stage() == Stage.CLOSED);
    if (!target.open() && !closedByUs) {
      throw problem(
          name,
          "The database %1$s accepts no connections, and no restore has closed it. To open it, run: ALTER DATABASE %1$s ALLOW_CONNECTIONS true");
    }
    if (closedByUs) {
      return replacing(
          target,
          made,
          all,
          List.of("its contents before an interrupted restore closed it"),
          server);
    }
    DatabaseContents contents = contents(target.name());
    if (contents.isEmpty()) {
      TargetServer.requireSchema(uri, facts, cancellation);
      return situation(Action.FILL, Optional.of(target), Optional.empty(), server);
    }
    // It may have been used since: only a database with exactly the dump's contents is finished.
    Optional<RestoreMark> mark =
        target
            .mark()
            .filter(m -> m.into().equals(name) && !m.stage().beside() && m.isOf(dump))
            .filter(m -> check.difference(name).isEmpty());
    if (mark.isPresent()) {
      Optional<String> kept =
          mark.get().kept().filter(k -> all.stream().anyMatch(r -> r.name().equals(k)));
      return situation(Action.FINISH, Optional.of(target), kept, server);
    }
    return replacing(target, made, all, contents.summary(), server);
  }

  /** Checked early, because the swap comes after all other work. */
  private void requireEndable(DatabaseRow target) {
    List<String> stay = SessionEnd.notTerminable(session, target.oid());
    if (!stay.isEmpty()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The database %s cannot be replaced, because sessions use it that the role %s may not end: %s. Nothing was changed: end them, or restore as superuser or with the role pg_signal_backend."
              .formatted(Sql.name(name), Sql.name(uri.user()), String.join(", ", stay)));
    }
  }

  private Situation replacing(
      DatabaseRow target,
      List<DatabaseRow> made,
      List<DatabaseRow> all,
      List<String> holds,
      ServerChecks server) {
    if (!request.replace()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The database %s is not empty: it contains %s; nothing was changed. With --replace the backup is restored into a new database that then takes this name; the old one is kept as %s.%s"
              .formatted(
                  Sql.name(name), String.join(", ", holds), keptAs(all), stillClosed(target, all)));
    }
    server.rights().requireOwned(session, target);
    requireEndable(target);
    Optional<DatabaseRow> whole =
        made.stream()
            .filter(
                row -> row.mark().filter(m -> m.isOf(dump) && m.stage() != Stage.MADE).isPresent())
            .findFirst();
    server
        .rights()
        .requireCreate("To replace the database " + Sql.name(name) + " a new one is created");
    if (whole.isEmpty()) {
      requireFree(RestoreNames.made(name, dump.backupId()), made, all);
    }
    return new Situation(
        plan(
            whole.isPresent() ? Action.FINISH : Action.SWAP,
            Optional.of(target),
            Optional.of(keptAs(all)),
            server),
        Optional.of(target),
        whole);
  }

  /** A note about a database that an interrupted swap left closed; otherwise an empty text. */
  private String stillClosed(DatabaseRow target, List<DatabaseRow> all) {
    return target
        .mark()
        .filter(mark -> mark.into().equals(name))
        .flatMap(RestoreMark::kept)
        .filter(kept -> all.stream().anyMatch(row -> row.name().equals(kept) && !row.open()))
        .map(kept ->
            " An interrupted restore left the database %1$s closed: the next restore with --replace opens it, or run ALTER DATABASE %1$s ALLOW_CONNECTIONS true"
                .formatted(Sql.name(kept)))
        .orElse("");
  }

  private void requireFree(String madeName, List<DatabaseRow> made, List<DatabaseRow> all) {
    Optional<DatabaseRow> inTheWay =
        all.stream().filter(r -> r.name().equals(madeName) && !made.contains(r)).findFirst();
    if (inTheWay.isPresent() && !leftovers.isBegun(session, inTheWay.get())) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The new database needs the name %s, but a database with this name exists that no restore made. Rename or drop that database."
              .formatted(Sql.name(madeName)));
    }
  }

  private DatabaseContents contents(String database) {
    try (ServerSession inside = ServerSession.open(uri.withDatabase(database), cancellation)) {
      return DatabaseContents.of(inside);
    }
  }

  private String keptAs(List<DatabaseRow> all) {
    Instant at = Instant.now();
    while (true) {
      String kept = RestoreNames.kept(name, at);
      if (all.stream().noneMatch(r -> r.name().equals(kept))) {
        return kept;
      }
      at = at.plusSeconds(1);
    }
  }

  private Situation situation(
      Action action, Optional<DatabaseRow> target, Optional<String> keptAs, ServerChecks server) {
    return new Situation(plan(action, target, keptAs, server), target, Optional.empty());
  }

  private DatabasePlan plan(
      Action action, Optional<DatabaseRow> target, Optional<String> keptAs, ServerChecks server) {
    return new DatabasePlan(
        request,
        action,
        target.map(row -> SessionEnd.sessions(session, row.oid())).orElse(List.of()),
        keptAs,
        server.exclusions(),
        server.allWarnings());
  }

  private static Problem problem(String name, String text) {
    return new Problem(Problem.Kind.DATABASE, text.formatted(Sql.name(name)));
  }
}
