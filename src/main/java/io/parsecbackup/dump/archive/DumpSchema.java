package io.parsecbackup.dump.archive;

import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.Sql;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Finds the schema of a Parsec server's tables in a dump. Tables are named as in {@link DumpRows},
 * such as {@code public.block}.
 */
public final class DumpSchema {

  private DumpSchema() {}

  /** The schemas that contain all of them, sorted, by their stored names. */
  static List<String> candidates(Collection<String> tables) {
    String first = "." + ParsecTables.REQUIRED.getFirst();
    return tables.stream()
        .filter(table -> table.endsWith(first))
        .map(table -> table.substring(0, table.length() - first.length()))
        .filter(schema ->
            ParsecTables.REQUIRED.stream().allMatch(name -> tables.contains(schema + "." + name)))
        .map(DumpSchema::stored)
        .sorted()
        .toList();
  }

  /**
   * Chooses one of them.
   *
   * @param known the schema that a backup recorded, or that the server uses now
   * @return empty if there is no candidate, or several without {@code known}
   */
  public static Optional<String> choose(List<String> candidates, Optional<String> known) {
    return known
        .filter(candidates::contains)
        .or(() -> candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty());
  }

  /** A table's name as pg_dump prints it, without unnecessary quotes. */
  static String table(String schema, String table) {
    return CopyHeader.plain(Sql.name(schema)) + "." + table;
  }

  private static String stored(String printed) {
    return printed.startsWith("\"")
        ? printed.substring(1, printed.length() - 1).replace("\"\"", "\"")
        : printed;
  }
}
