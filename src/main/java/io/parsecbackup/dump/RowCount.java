package io.parsecbackup.dump;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.archive.DumpRows;
import io.parsecbackup.postgres.Sql;
import io.parsecbackup.repository.TableRows;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rows of each ordinary table and each partition in the users' schemas, without the rows of its
 * children. Backups and restores count them in the same way.
 *
 * @param tables the counted tables
 * @param excluded the names, as pg_dump prints them, of tables that are not counted: tables of an
 *     extension, which the extension fills, and unlogged tables, which a server crash empties
 */
public record RowCount(TableRows tables, Set<String> excluded) {

  private static final String TABLES =
      """
      SELECT n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname),
             c.relpersistence = 'p'
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                             AND d.objid = c.oid AND d.deptype = 'e')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      """;

  private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[a-z_][a-z0-9_]*");

  private record Name(String schema, String table, String quoted) {}

  public RowCount {
    excluded = Set.copyOf(excluded);
  }

  /**
   * Counts in the snapshot. Reads each table once. The tables cannot be dropped until the snapshot
   * is closed.
   *
   * @throws Problem of kind DATABASE if a table cannot be read; CANCELLED
   */
  public static RowCount of(DatabaseSnapshot snapshot, Cancellation cancellation) {
    try {
      return of(snapshot.connection(), cancellation);
    } catch (SQLException e) {
      throw snapshot.meaning(e);
    }
  }

  public static RowCount of(Connection connection, Cancellation cancellation) throws SQLException {
    List<Name> names = new ArrayList<>();
    Set<String> excluded = new HashSet<>();
    List<TableRows.Table> counted = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(TABLES)) {
        while (rows.next()) {
          if (rows.getBoolean(4)) {
            names.add(new Name(rows.getString(1), rows.getString(2), rows.getString(3)));
          } else {
            excluded.add(dumpName(rows.getString(1), rows.getString(2)));
          }
        }
      }
      for (Name name : names) {
        cancellation.throwIfCancelled();
        try (ResultSet count =
            statement.executeQuery("SELECT count(*) FROM ONLY " + name.quoted())) {
          count.next();
          counted.add(new TableRows.Table(name.schema(), name.table(), count.getLong(1)));
        }
      }
    }
    return new RowCount(new TableRows(counted), excluded);
  }

  /** The rows by the names of {@link DumpRows#tables}. */
  public static SortedMap<String, Long> byDumpName(TableRows tables) {
    SortedMap<String, Long> byName = new TreeMap<>();
    tables
        .tables()
        .forEach(table -> byName.put(dumpName(table.schema(), table.name()), table.rows()));
    return byName;
  }

  private static String dumpName(String schema, String table) {
    return quoted(schema) + "." + quoted(table);
  }

  private static String quoted(String name) {
    return NEEDS_NO_QUOTES.matcher(name).matches() ? name : Sql.name(name);
  }

  /**
   * Compares the counted rows with {@code expected}. A table that is not expected must be empty.
   *
   * @param expected rows by the names of {@link DumpRows#tables}
   */
  public List<RowDifference> against(SortedMap<String, Long> expected) {
    SortedMap<String, Long> found = byDumpName(tables);
    List<RowDifference> differences = new ArrayList<>();
    expected.forEach((table, rows) -> {
      Long there = found.remove(table);
      if (excluded.contains(table)) {
        return;
      }
      if (there == null || !there.equals(rows)) {
        differences.add(RowDifference.of(table, rows, there));
      }
    });
    found.forEach((table, rows) -> {
      if (rows != 0) {
        differences.add(RowDifference.of(table, 0L, rows));
      }
    });
    return differences;
  }
}
