package io.parsecbackup.dump.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpFacts;
import io.parsecbackup.dump.archive.DumpRequirements;
import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is checked of a server before a dump goes into a database of it: by a dry run, by a restore
 * and by a drill. Changes nothing.
 *
 * @param foreign owners in the dump that the role cannot restore
 * @param tablespaces of the dump that the server does not have, or the role may not use
 */
record ServerChecks(
    RestoreRights rights,
    SortedSet<String> foreign,
    SortedSet<String> tablespaces,
    List<String> warnings) {

  /** Roles by which hosted servers let their customers do some of what a superuser may. */
  private static final String HOSTED =
      """
      SELECT EXISTS (SELECT FROM pg_roles
                     WHERE rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser',
                                       'azure_pg_admin')
                       AND pg_has_role(oid, 'USAGE'))
      """;

  /** Extensions that the server could create, and whether an ordinary role may. */
  private record Extension(String name, boolean forEverybody) {}

  /**
   * Checks.
   *
   * @throws Problem of kind DATABASE for whatever would make the restore fail
   */
  static ServerChecks of(ServerSession session, DumpFacts facts, DatabaseUri uri) {
    TargetServer.requirePossible(session, facts, uri);
    RestoreRights rights = RestoreRights.of(session);
    List<String> warnings = new ArrayList<>();
    extensions(session, facts.requirements(), rights, warnings);
    return new ServerChecks(
        rights,
        rights.foreign(session, facts),
        unusableTablespaces(session, facts.requirements()),
        warnings);
  }

  /** What of the dump does not go in. */
  RestoreExclusions exclusions() {
    return new RestoreExclusions(!foreign.isEmpty(), !tablespaces.isEmpty());
  }

  /** Warnings of everything that will not be as it was. */
  List<String> allWarnings() {
    List<String> all = new ArrayList<>(warnings);
    if (!foreign.isEmpty()) {
      all.addFirst(
          "Everything goes to the role %s, and privileges are left out: the dump's owners %s %s."
              .formatted(
                  Sql.name(rights.role()),
                  String.join(", ", foreign),
                  rights.superuser() ? "are no roles of this server" : "are others"));
    }
    if (!tablespaces.isEmpty()) {
      all.add(tablespaceWarning());
    }
    return all;
  }

  String tablespaceWarning() {
    return "Tables and indexes go to the database's own tablespace: the server has no tablespace %s that the role %s may use."
        .formatted(String.join(", ", tablespaces), Sql.name(rights.role()));
  }

  private static void extensions(
      ServerSession session, DumpRequirements requirements, RestoreRights rights, List<String> warnings) {
    SortedSet<String> missing = new TreeSet<>(requirements.extensions());
    SortedSet<String> forSuperusers = new TreeSet<>(requirements.superuser());
    if (!missing.isEmpty()) {
      for (Extension extension : available(session)) {
        if (missing.remove(extension.name()) && !extension.forEverybody()) {
          forSuperusers.add("extension " + extension.name());
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The dump needs extensions that the server does not have: %s. Install their packages there (postgresql-contrib, or the extension's own), or name another server. Nothing was touched."
              .formatted(String.join(", ", missing)));
    }
    if (forSuperusers.isEmpty() || rights.superuser()) {
      return;
    }
    String what = String.join(", ", forSuperusers);
    if (session.is(HOSTED)) {
      warnings.add("Only a superuser, or a hosted server's own role, can create: " + what + ".");
      return;
    }
    throw new Problem(
        Problem.Kind.DATABASE,
        "The dump holds what only a superuser can create, and the role %s is none: %s. Restore as superuser. Nothing was touched."
            .formatted(Sql.name(rights.role()), what));
  }

  /** An extension is created in its default version. */
  private static List<Extension> available(ServerSession session) {
    return session.query(
        """
        SELECT e.name, NOT v.superuser OR v.trusted OR e.name = 'plpgsql'
        FROM pg_available_extensions e
        JOIN pg_available_extension_versions v
          ON v.name = e.name AND v.version = e.default_version
        """,
        row -> new Extension(row.getString(1), row.getBoolean(2)));
  }

  private static SortedSet<String> unusableTablespaces(ServerSession session, DumpRequirements requirements) {
    SortedSet<String> unusable = new TreeSet<>(requirements.tablespaces());
    if (!unusable.isEmpty()) {
      Set<String> usable =
          Set.copyOf(
              session.query(
                  "SELECT spcname FROM pg_tablespace WHERE has_tablespace_privilege(oid, 'CREATE')",
                  row -> row.getString(1)));
      unusable.removeAll(usable);
    }
    return unusable;
  }
}
