package io.parsecbackup.dump.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The rights of the restoring role on the server.
 *
 * @param mayCreate whether it may create databases
 */
record RestoreRights(String role, boolean superuser, boolean mayCreate) {

  static RestoreRights of(ServerSession session) {
    return session
        .query(
            "SELECT rolname, rolsuper, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname ="
                + " current_user",
            row -> new RestoreRights(row.getString(1), row.getBoolean(2), row.getBoolean(3)))
        .getFirst();
  }

  void requireCreate(String what) {
    if (!mayCreate) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "%s, and the role %s may not create databases. Run on the server as superuser: ALTER ROLE %s CREATEDB"
              .formatted(what, Sql.name(role), Sql.name(role)));
    }
  }

  /** Only the owner may rename and close a database. */
  void requireOwned(ServerSession session, DatabaseRow database) {
    boolean owned =
        superuser
            || session.is(
                "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE oid = "
                    + database.oid());
    if (!owned) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The role %s does not own the database %s and may not replace it. Restore as its owner with CREATEDB, or as superuser."
              .formatted(Sql.name(role), Sql.name(database.name())));
    }
  }

  /** The dump's owners that this role cannot restore. */
  SortedSet<String> foreign(ServerSession session, DumpFacts facts) {
    SortedSet<String> foreign = new TreeSet<>(facts.owners());
    foreign.remove(role);
    if (superuser) {
      session
          .query("SELECT rolname FROM pg_roles", row -> row.getString(1))
          .forEach(foreign::remove);
    }
    return foreign;
  }
}
