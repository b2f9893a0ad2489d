package io.parsecbackup.dump;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many rows of each table a dump holds.
 *
 * @param tables by the table's name as pg_dump prints it, such as {@code public.block}, without
 *     quotes that are there for no sign in it
 * @param newestMigration the highest {@code _id} of Parsec's {@code public.migration}
 */
public record DumpRows(SortedMap<String, Long> tables, OptionalInt newestMigration) {

  public DumpRows {
    tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
  }

  /** Counts what a script holds; empty if it breaks off in the middle of a table. */
  static Optional<DumpRows> count(InputStream in) throws IOException {
    ScriptReader script = new ScriptReader(in);
    SortedMap<String, Long> tables = new TreeMap<>();
    OptionalInt newest = OptionalInt.empty();
    String table = "";
    int migrationColumn = -1;
    long rows = 0;
    boolean inside = false;
    while (script.next()) {
      if (script.isData()) {
        rows += script.ends() ? 1 : 0;
        if (migrationColumn >= 0 && script.starts() && script.ends()) {
          int id = number(script.text().split("\t", -1), migrationColumn);
          newest = OptionalInt.of(Math.max(id, newest.orElse(id)));
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
        migrationColumn = table.equals("public.migration") ? copy.get().place("_id") : -1;
        rows = 0;
        inside = true;
      }
    }
    return script.isInsideBlock() ? Optional.empty() : Optional.of(new DumpRows(tables, newest));
  }

  /** A table's name as it stands in {@link #tables}, of one as PostgreSQL quotes it. */
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
