package io.parsecbackup.dump.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.postgres.PgVersion;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.Set;

/** Checks whether a dump can be restored into a database of a server. */
final class TargetServer {

  private static final Set<String> NEVER = Set.of("postgres", "template0", "template1");

  private TargetServer() {}

  /** Throws a Problem if this dump cannot be restored into a database of that name. */
  static void requirePossible(ServerSession session, DumpFacts facts, DatabaseUri uri) {
    String name = uri.database();
    if (NEVER.contains(name)) {
      throw problem(
          name,
          "The database %s belongs to PostgreSQL itself. Name another one at the end of the URI.");
    }
    if (session.is("SELECT pg_is_in_recovery()")) {
      throw problem(name, "The server of %s is a read-only replica. Name its primary.");
    }
    PgVersion source = facts.origin().server();
    PgVersion target = version(session);
    if (source.major() > target.major()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The dump is of PostgreSQL %s, and the server at %s has the older version %s. Restore into version %d or newer; nothing was changed."
              .formatted(source, uri, target, source.major()));
    }
  }

  /** Throws a Problem if the role may not create objects in an empty database. */
  static void requireSchema(DatabaseUri uri, DumpFacts facts, Cancellation cancellation) {
    try (ServerSession inside = ServerSession.open(uri, cancellation)) {
      if (facts.tables().stream().noneMatch(table -> table.startsWith("public "))) {
        if (!inside.is("SELECT has_database_privilege(current_database(), 'CREATE')")) {
          throw new Problem(
              Problem.Kind.DATABASE,
              "The role %s may not create a schema in %s. Restore as the database's owner, or as superuser."
                  .formatted(Sql.name(uri.user()), Sql.name(uri.database())));
        }
      } else if (inside.is(
          "SELECT to_regnamespace('public') IS NOT NULL AND NOT has_schema_privilege('public',"
              + " 'CREATE')")) {
        throw new Problem(
            Problem.Kind.DATABASE,
            "The role %s may not create objects in the schema public of %s. Restore as the database's owner, or as superuser."
                .formatted(Sql.name(uri.user()), Sql.name(uri.database())));
      }
    }
  }

  /** The server's version. */
  static PgVersion version(ServerSession session) {
    return session
        .query(
            "SELECT current_setting('server_version')", row -> PgVersion.ofServer(row.getString(1)))
        .getFirst();
  }

  private static Problem problem(String name, String text) {
    return new Problem(Problem.Kind.DATABASE, text.formatted(Sql.name(name)));
  }
}
