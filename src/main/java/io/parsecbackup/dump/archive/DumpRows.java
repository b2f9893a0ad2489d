package io.parsecbackup.dump.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The number of rows of each table in a dump.
 *
 * @param tables by the table's name as pg_dump prints it, such as {@code public.block}, without
 *     unnecessary quotes
 * @param migrations the highest {@code _id} of each table {@code migration}, by the table's name
 */
public record DumpRows(SortedMap<String, Long> tables, SortedMap<String, Integer> migrations) {

  public DumpRows {
    tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    migrations = Collections.unmodifiableSortedMap(new TreeMap<>(migrations));
  }

  /** The schemas with the tables of a Parsec server. */
  public List<String> parsecSchemas() {
    return DumpSchema.candidates(tables.keySet());
  }

  /**
   * The newest row of Parsec's table {@code migration}.
   *
   * @param schema the schema of Parsec's tables, if it is known; else the only schema with them
   *     counts, or the only table of that name
   */
  public OptionalInt newestMigration(Optional<String> schema) {
    Optional<Integer> newest =
        schema
            .or(() -> DumpSchema.choose(parsecSchemas(), schema))
            .map(name -> Optional.ofNullable(migrations.get(DumpSchema.table(name, "migration"))))
            .orElseGet(() ->
                migrations.size() == 1
                    ? Optional.of(migrations.firstEntry().getValue())
                    : Optional.empty());
    return newest.map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  /** Counts the rows in a script; empty if it ends in the middle of a table. */
  public static Optional<DumpRows> count(InputStream in) throws IOException {
    ScriptReader script = new ScriptReader(in);
    SortedMap<String, Long> tables = new TreeMap<>();
    SortedMap<String, Integer> migrations = new TreeMap<>();
    String table = "";
    int migrationColumn = -1;
    long rows = 0;
    boolean inside = false;
    while (script.next()) {
      if (script.isData()) {
        rows += script.ends() ? 1 : 0;
        if (migrationColumn >= 0 && script.starts() && script.ends()) {
          int id = number(script.text().split("\t", -1), migrationColumn);
          migrations.merge(table, id, Math::max);
        }
        continue;
      }
      if (inside) {
        tables.merge(table, rows, Long::sum);
        inside = false;
      }
      Optional<CopyHeader> copy = CopyHeader.of(script);
      if (copy.isPresent()) {
        table = copy.get().table();
        migrationColumn = table.endsWith(".migration") ? copy.get().place("_id") : -1;
        rows = 0;
        inside = true;
      }
    }
    return script.isInsideBlock()
        ? Optional.empty()
        : Optional.of(new DumpRows(tables, migrations));
  }

  /** The name in {@link #tables} of a table whose name PostgreSQL has quoted. */
  public static String plain(String quoted) {
    return CopyHeader.plain(quoted);
  }

  private static int number(String[] row, int column) {
    try {
      return column < row.length ? Integer.parseInt(row[column]) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
