package io.parsecbackup.dump;

import io.parsecbackup.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Checks that a role may read everything that a backup reads. */
public final class ReadRights {

  private static final int NAMED = 5;

  /** Tables and sequences in users' schemas; pg_dump fails at the first that it may not read. */
  private static final String UNREADABLE =
      """
      SELECT c.oid::regclass::text
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm', 'S') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT (has_schema_privilege(n.oid, 'USAGE')
                 AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'SELECT')
                          ELSE has_table_privilege(c.oid, 'SELECT') END)
      """;

  /** The tables that a backup without a dump reads. */
  private static final String OF_REFERENCES =
      " AND c.relname IN ('block', 'realm', 'organization', 'migration')";

  private ReadRights() {}

  /**
   * Throws unless the session's role may read every table and sequence, as pg_dump does.
   *
   * @throws Problem of kind DATABASE that names what the role may not read, and the missing grant
   */
  public static void require(DatabaseSnapshot snapshot) {
    require(snapshot, "");
  }

  /**
   * Throws unless the session's role may read the tables that name the blocks.
   *
   * @throws Problem as {@link #require} does
   */
  public static void requireReferences(DatabaseSnapshot snapshot) {
    require(snapshot, OF_REFERENCES);
  }

  private static void require(DatabaseSnapshot snapshot, String condition) {
    List<String> unreadable = new ArrayList<>();
    String role = "";
    try (Statement statement = snapshot.connection().createStatement()) {
      try (ResultSet rows = statement.executeQuery(UNREADABLE + condition + " ORDER BY 1")) {
        while (rows.next()) {
          unreadable.add(rows.getString(1));
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT quote_ident(current_user)")) {
        row.next();
        role = row.getString(1);
      }
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
    if (!unreadable.isEmpty()) {
      throw new Problem(
          Problem.Kind.DATABASE,
          "The role %s may not read %d of the tables and sequences: %s%s. Run there as superuser: GRANT pg_read_all_data TO %s"
              .formatted(
                  role,
                  unreadable.size(),
                  String.join(", ", unreadable.subList(0, Math.min(NAMED, unreadable.size()))),
                  unreadable.size() > NAMED ? ", ..." : "",
                  role));
    }
  }
}
