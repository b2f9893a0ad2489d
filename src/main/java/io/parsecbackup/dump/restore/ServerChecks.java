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
 * The checks of a server before a dry run, a restore or a drill. Changes nothing.
 *
 * @param foreign owners in the dump that the role cannot restore
 * @param tablespaces the dump's tablespaces that the server does not have, or the role may not use
 */
record ServerChecks(
    RestoreRights rights,
    SortedSet<String> foreign,
    SortedSet<String> tablespaces,
    List<String> warnings) {

  /** Roles of hosted servers with some rights of a superuser. */
  private static final String HOSTED =
      """
      SELECT EXISTS (SELECT FROM pg_roles
                     WHERE rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser',
                                       'azure_pg_admin')
                       AND pg_has_role(oid, 'USAGE'))
      """;

  /** An extension that the server has, and whether an ordinary role may create it. */
  private record Extension(String name, boolean forEverybody) {}

  /**
   * Checks.
   *
   * @throws Problem of kind DATABASE for everything that would make the restore fail
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

  /** The parts of the dump to leave out. */
  RestoreExclusions exclusions() {
    return new RestoreExclusions(!foreign.isEmpty(), !tablespaces.isEmpty());
  }

  /** Warnings of all differences to the source. */
  List<String> allWarnings() {
    List<String> all = new ArrayList<>(warnings);
    if (!foreign.isEmpty()) {
      all.addFirst(
          "All objects will belong to the role %s, without privileges: the dump's owners %s %s."
              .formatted(
                  Sql.name(rights.role()),
                  String.join(", ", foreign),
                  rights.superuser() ? "do not exist on this server" : "are other roles"));
    }
    if (!tablespaces.isEmpty()) {
      all.add(tablespaceWarning());
    }
    return all;
  }

  String tablespaceWarning() {
    return "Tables and indexes will be in the database's default tablespace: the server has no tablespace %s that the role %s may use."
        .formatted(String.join(", ", tablespaces), Sql.name(rights.role()));
  }

  private static void extensions(
      ServerSession session,
      DumpRequirements requirements,
      RestoreRights rights,
      List<String> warnings) {
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
          "The dump needs extensions that the server does not have: %s. Install their packages there (postgresql-contrib, or the extension's own), or use another server; nothing was changed."
              .formatted(String.join(", ", missing)));
    }
    if (forSuperusers.isEmpty() || rights.superuser()) {
      return;
    }
    String what = String.join(", ", forSuperusers);
    if (session.is(HOSTED)) {
      warnings.add(
          "Only a superuser, or an administrator role of a hosted server, can create: "
              + what
              + ".");
      return;
    }
    throw new Problem(
        Problem.Kind.DATABASE,
        "The dump contains objects that only a superuser can create, and the role %s is not one: %s. Restore as superuser; nothing was changed."
            .formatted(Sql.name(rights.role()), what));
  }

  /** Extensions are created in their default version. */
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

  private static SortedSet<String> unusableTablespaces(
      ServerSession session, DumpRequirements requirements) {
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
