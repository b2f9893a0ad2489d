package io.parsecbackup.dump.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads columns of tables from the {@code COPY} blocks of a script. */
final class CopyRows {

  /** Receives the values of a row, in the order of the requested columns. */
  @FunctionalInterface
  interface Row {
    void read(List<String> values) throws IOException;
  }

  /** The requested columns of a table, and the receiver of its rows. */
  record Table(List<String> columns, Row row) {}

  private CopyRows() {}

  /**
   * Reads the script to its end.
   *
   * @param wanted by the table's name as pg_dump prints it
   * @return the tables that were read completely; not a table without a requested column, or with a
   *     row that is too long
   */
  static Set<String> read(InputStream in, Map<String, Table> wanted) throws IOException {
    ScriptReader script = new ScriptReader(in);
    Set<String> seen = new HashSet<>();
    Set<String> broken = new HashSet<>();
    Optional<Table> table = Optional.empty();
    String name = "";
    int[] places = {};
    while (script.next()) {
      if (!script.isData()) {
        Optional<CopyHeader> header = CopyHeader.of(script);
        table = header.flatMap(copy -> Optional.ofNullable(wanted.get(copy.table())));
        if (table.isPresent()) {
          name = header.get().table();
          seen.add(name);
          places = table.get().columns().stream().mapToInt(header.get()::place).toArray();
          if (Arrays.stream(places).anyMatch(place -> place < 0)) {
            broken.add(name);
            table = Optional.empty();
          }
        }
      } else if (table.isPresent()) {
        Optional<List<String>> values = values(script, places);
        if (values.isPresent()) {
          table.get().row().read(values.get());
        } else {
          broken.add(name);
          table = Optional.empty();
        }
      }
    }
    seen.removeAll(broken);
    return seen;
  }

  private static Optional<List<String>> values(ScriptReader script, int[] places) {
    if (!script.starts() || !script.ends()) {
      return Optional.empty();
    }
    String[] row = script.text().split("\t", -1);
    String[] values = new String[places.length];
    for (int i = 0; i < places.length; i++) {
      if (places[i] >= row.length) {
        return Optional.empty();
      }
      values[i] = row[places[i]];
    }
    return Optional.of(List.of(values));
  }
}
