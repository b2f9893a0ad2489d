package io.parsecbackup.dump.restore;

import io.parsecbackup.postgres.ServerSession;
import io.parsecbackup.postgres.Sql;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The contents of a database, without PostgreSQL's own.
 *
 * @param summary in words, such as {@code 3 tables (block, migration, ...)}; empty for an empty
 *     database
 * @param tables each as schema and name
 * @param parsecMigration the newest {@code _id} of Parsec's table {@code migration}
 */
record DatabaseContents(
    List<String> summary, List<List<String>> tables, OptionalInt parsecMigration) {

  private static final String OWN_SCHEMA =
      "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ";

  private static final String SUMMARY =
      """
      WITH thing(rank, one, many, name) AS (
        SELECT CASE relkind WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'f' THEN 1 WHEN 'S' THEN 3 ELSE 2 END,
               CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'table'
                            WHEN 'S' THEN 'sequence' ELSE 'view' END,
               CASE relkind WHEN 'r' THEN 'tables' WHEN 'p' THEN 'tables' WHEN 'f' THEN 'tables'
                            WHEN 'S' THEN 'sequences' ELSE 'views' END, relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND {own}
        UNION ALL SELECT 4, 'type', 'types', typname FROM pg_type t
        JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
        WHERE (typtype IN ('e', 'd', 'r') OR typtype = 'c' AND c.relkind = 'c') AND {own}
        UNION ALL SELECT 5, 'function', 'functions', proname FROM pg_proc
        JOIN pg_namespace n ON n.oid = pronamespace WHERE {own}
        UNION ALL SELECT 6, 'schema', 'schemas', nspname FROM pg_namespace n
        WHERE nspname <> 'public' AND {own}
        UNION ALL SELECT 7, 'extension', 'extensions', extname FROM pg_extension
        WHERE extname <> 'plpgsql'
        UNION ALL SELECT 8, 'large object', 'large objects', oid::text FROM pg_largeobject_metadata
      )
      SELECT count(*) || ' ' || CASE count(*) WHEN 1 THEN min(one) ELSE min(many) END || ' ('
             || array_to_string((array_agg(name::text ORDER BY name))[1:3], ', ')
             || CASE WHEN count(*) > 3 THEN ', ...)' ELSE ')' END
      FROM thing GROUP BY rank ORDER BY rank
      """
          .replace("{own}", OWN_SCHEMA);

  private static final String TABLES =
      "SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
          + " WHERE relkind IN ('r', 'p', 'f') AND "
          + OWN_SCHEMA
          + "ORDER BY 1, 2";

  DatabaseContents {
    summary = List.copyOf(summary);
    tables = List.copyOf(tables);
  }

  /** Reads them in a session of that database. */
  static DatabaseContents of(ServerSession session) {
    return of(session, Optional.empty());
  }

  /**
   * As {@link #of(ServerSession)}.
   *
   * @param schema the schema of Parsec's tables; else the only one with a table {@code migration}
   */
  static DatabaseContents of(ServerSession session, Optional<String> schema) {
    List<List<String>> tables =
        session.query(TABLES, row -> List.of(row.getString(1), row.getString(2)));
    return new DatabaseContents(
        session.query(SUMMARY, row -> row.getString(1)),
        tables,
        migration(session, tables, schema));
  }

  /** Empty if the role may not read the table. */
  private static OptionalInt migration(
      ServerSession session, List<List<String>> tables, Optional<String> schema) {
    List<String> schemas =
        tables.stream()
            .filter(table -> table.get(1).equals("migration"))
            .map(List::getFirst)
            .filter(name -> schema.isEmpty() || schema.get().equals(name))
            .toList();
    if (schemas.size() != 1) {
      return OptionalInt.empty();
    }
    String table = Sql.name(schemas.getFirst()) + ".migration";
    if (!session.is(
        """
        SELECT EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                       JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = %s AND c.relname = 'migration' AND a.attname = '_id'
                         AND has_schema_privilege(n.oid, 'USAGE')
                         AND has_table_privilege(c.oid, 'SELECT'))
        """
            .formatted(Sql.literal(schemas.getFirst())))) {
      return OptionalInt.empty();
    }
    return session
        .query("SELECT max(_id) FROM " + table + " HAVING max(_id) IS NOT NULL", r -> r.getInt(1))
        .stream()
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  boolean isEmpty() {
    return summary.isEmpty();
  }
}
