package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a database that are not in its dump: its settings, its privileges and its connection
 * limit.
 */
final class DatabaseSettings {

  /**
   * Settings with lists of names, which the server stores quoted one by one (GUC_LIST_QUOTE in
   * PostgreSQL's guc_tables.c). Quoted as a whole they would become one name.
   */
  private static final Set<String> LISTS =
      Set.of(
          "search_path",
          "temp_tablespaces",
          "local_preload_libraries",
          "session_preload_libraries",
          "shared_preload_libraries",
          "unix_socket_directories");

  private static final Pattern ELEMENT =
      Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")*)\"|([^\",]+?))\\s*(?:,|$)");

  private record Setting(Optional<String> role, String name, String value) {}

  private DatabaseSettings() {}

  /** Copies them from {@code old}; returns what could not be copied, in words. */
  static List<String> copy(ServerSession session, String old, String made) {
    List<String> warnings = new ArrayList<>();
    String database = Sql.name(made);
    String where = " WHERE datname = " + Sql.literal(old);
    int limit =
        session
            .query("SELECT datconnlimit FROM pg_database" + where, row -> row.getInt(1))
            .getFirst();
    attempt(
        session,
        warnings,
        "The connection limit " + limit,
        "ALTER DATABASE " + database + " CONNECTION LIMIT " + limit);
    privileges(session, warnings, old, made);
    // Settings that an earlier, interrupted restore copied may have changed since.
    attempt(session, warnings, "The settings", "ALTER DATABASE " + database + " RESET ALL");
    for (Setting setting : settings(session, old)) {
      String whose =
          setting
              .role()
              .map(role -> "ALTER ROLE " + Sql.name(role) + " IN DATABASE " + database)
              .orElse("ALTER DATABASE " + database);
      attempt(
          session,
          warnings,
          "The setting " + setting.name() + setting.role().map(r -> " of role " + r).orElse(""),
          whose + " SET " + name(setting.name()) + " TO " + value(setting));
    }
    return warnings;
  }

  private static List<Setting> settings(ServerSession session, String old) {
    return session.query(
        """
        SELECT r.rolname, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
        FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        CROSS JOIN unnest(s.setconfig) c LEFT JOIN pg_roles r ON r.oid = s.setrole
        WHERE (s.setrole = 0 OR r.oid IS NOT NULL) AND d.datname =
        """
            + Sql.literal(old),
        row ->
            new Setting(Optional.ofNullable(row.getString(1)), row.getString(2), row.getString(3)));
  }

  /** The name of an extension's setting has two parts. */
  private static String name(String name) {
    return String.join(".", List.of(name.split("\\.", -1)).stream().map(Sql::name).toList());
  }

  private static String value(Setting setting) {
    if (!LISTS.contains(setting.name())) {
      return Sql.literal(setting.value());
    }
    List<String> elements = new ArrayList<>();
    Matcher matcher = ELEMENT.matcher(setting.value());
    while (matcher.lookingAt()) {
      String element =
          matcher.group(1) != null ? matcher.group(1).replace("\"\"", "\"") : matcher.group(2);
      elements.add(Sql.literal(element));
      matcher.region(matcher.end(), setting.value().length());
    }
    return elements.isEmpty() ? "''" : String.join(", ", elements);
  }

  private static void privileges(
      ServerSession session, List<String> warnings, String old, String made) {
    String database = Sql.name(made);
    List<String> statements = new ArrayList<>();
    String owner =
        session
            .query(
                "SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = "
                    + Sql.literal(made),
                row -> row.getString(1))
            .getFirst();
    statements.add("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC, " + owner);
    statements.addAll(
        session.query(
            """
            SELECT format('GRANT %%s ON DATABASE %s TO %%s%%s', privilege_type,
                          CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(rolname) END,
                          CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM pg_database d
            CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE (grantee = 0 OR r.oid IS NOT NULL) AND datname = %s
            """
                .formatted(Sql.name(made).replace("%", "%%").replace("'", "''"), Sql.literal(old)),
            row -> row.getString(1)));
    attempt(session, warnings, "The privileges on the database", statements.toArray(String[]::new));
  }

  private static void attempt(
      ServerSession session, List<String> warnings, String what, String... statements) {
    Optional<SQLException> refused = session.tryExecute(statements);
    refused.ifPresent(
        e -> warnings.add(what + " could not be copied from the old database: " + e.getMessage()));
  }
}
