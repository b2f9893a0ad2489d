package io.parsecbackup.parsec;

import io.parsecbackup.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The schema with the tables of a Parsec server. The server's SQL names them without a schema, so
 * they are in the first schema of its {@code search_path} that has them.
 *
 * @param schema as PostgreSQL stores the name, without quotes
 * @param visible whether the session's {@code search_path} finds them there
 */
public record ParsecTables(String schema, boolean visible) {

  /** The tables that name the objects. */
  public static final List<String> REQUIRED = List.of("block", "realm", "organization");

  /** A name is visible when no schema before its own on the search path has the same name. */
  private static final String SCHEMAS =
      """
      SELECT n.nspname, bool_and(pg_table_is_visible(c.oid))
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname IN ('block', 'realm', 'organization') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      GROUP BY n.nspname HAVING count(*) = 3
      ORDER BY 1
      """;

  /**
   * Finds the tables: in the known schema, else in the session's {@code search_path}, else in the
   * only schema that has all of them, because the backup's role may not be the server's.
   *
   * @param known the schema that a backup recorded; the first choice if it has the tables
   * @return empty if no schema has them all
   * @throws Problem of kind DATABASE if several schemas have them and the right one is unknown
   */
  public static Optional<ParsecTables> find(Connection connection, Optional<String> known)
      throws SQLException {
    List<ParsecTables> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(SCHEMAS)) {
      while (rows.next()) {
        all.add(new ParsecTables(rows.getString(1), rows.getBoolean(2)));
      }
    }
    Optional<ParsecTables> found =
        all.stream()
            .filter(tables -> known.filter(tables.schema()::equals).isPresent())
            .findFirst()
            .or(() -> all.stream().filter(ParsecTables::visible).findFirst());
    if (found.isEmpty() && all.size() > 1) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "Several schemas of the database have the tables of a Parsec server, and the search_path"
              + " of this role finds none of them: "
              + String.join(", ", all.stream().map(ParsecTables::schema).toList())
              + ". Name the server's own schema in PARSEC_DB: ?search_path=NAME.");
    }
    return found.or(() -> all.stream().findFirst());
  }

  /** A table's name with its schema, quoted for SQL. */
  public String name(String table) {
    return quoted(schema) + "." + quoted(table);
  }

  /** A query with the names of these tables for <code>{block}</code>, <code>{realm}</code>, … */
  String sql(String query) {
    String sql = query;
    for (String table : REQUIRED) {
      sql = sql.replace("{" + table + "}", name(table));
    }
    return sql;
  }

  /** Whether the schema has a table or view with this name. */
  public boolean has(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ?")) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
