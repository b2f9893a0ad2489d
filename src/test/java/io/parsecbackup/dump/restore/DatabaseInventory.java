package io.parsecbackup.dump.restore;

import io.parsecbackup.testing.EmbeddedDatabase;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * All that users have put into a database, as text to be compared: every object with its
 * definition, owner, privileges and comment, and every row. It reads the catalog over one
 * connection, which is much cheaper than a pg_dump process.
 */
final class DatabaseInventory {

  private static final String OBJECTS =
      """
      WITH schema AS (SELECT * FROM pg_namespace
                      WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'),
           class AS (SELECT c.* FROM pg_class c JOIN schema n ON n.oid = relnamespace)
      SELECT concat_ws('|', 'schema', nspname, nspowner::regrole, nspacl,
                       obj_description(oid, 'pg_namespace')) FROM schema
      UNION ALL
      SELECT concat_ws('|', 'class', oid::regclass, relkind, relpersistence, relowner::regrole,
                       relacl, reloptions, relrowsecurity, reltablespace, relispartition,
                       obj_description(oid, 'pg_class')) FROM class
      UNION ALL
      SELECT concat_ws('|', 'column', attrelid::regclass, attnum, attname,
                       format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                       attstorage, attcollation::regcollation, attacl,
                       pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
      FROM pg_attribute JOIN class ON class.oid = attrelid
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT concat_ws('|', 'constraint', conrelid::regclass, contypid::regtype, conname,
                       pg_get_constraintdef(c.oid))
      FROM pg_constraint c JOIN schema n ON n.oid = connamespace
      UNION ALL
      SELECT concat_ws('|', 'index', pg_get_indexdef(oid)) FROM class WHERE relkind IN ('i', 'I')
      UNION ALL
      SELECT concat_ws('|', 'view', oid::regclass, pg_get_viewdef(oid)) FROM class
      WHERE relkind IN ('v', 'm')
      UNION ALL
      SELECT concat_ws('|', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL
      SELECT concat_ws('|', 'type', t.oid::regtype, typtype, typowner::regrole, typacl,
                       (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum
                        WHERE enumtypid = t.oid))
      FROM pg_type t JOIN schema n ON n.oid = typnamespace
      UNION ALL
      SELECT concat_ws('|', 'function', p.oid::regprocedure, proowner::regrole, proacl,
                       CASE WHEN prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END)
      FROM pg_proc p JOIN schema n ON n.oid = pronamespace
      UNION ALL
      SELECT concat_ws('|', 'sequence', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement,
                       seqmin, seqmax, seqcache, seqcycle, pg_sequence_last_value(seqrelid))
      FROM pg_sequence
      UNION ALL
      SELECT concat_ws('|', 'extension', extname, extversion) FROM pg_extension
      UNION ALL
      SELECT concat_ws('|', 'large object', oid, lomowner::regrole, lomacl, md5(lo_get(oid)))
      FROM pg_largeobject_metadata
      UNION ALL
      SELECT concat_ws('|', 'other', kind, name) FROM (
        SELECT 'publication' kind, pubname name FROM pg_publication
        UNION ALL SELECT 'event trigger', evtname FROM pg_event_trigger
        UNION ALL SELECT 'policy', polname FROM pg_policy
        UNION ALL SELECT 'default privileges', defaclacl::text FROM pg_default_acl) o
      ORDER BY 1
      """;

  private static final String TABLES =
      """
      SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
      ORDER BY 1
      """;

  private DatabaseInventory() {}

  static String of(EmbeddedDatabase server, String database) {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = ''");
      StringWriter all = new StringWriter();
      first(statement, OBJECTS).forEach(line -> all.append(line).append('\n'));
      for (String table : first(statement, TABLES)) {
        all.append("rows of ").append(table).append('\n');
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY " + table + " TO STDOUT", all);
      }
      return all.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> first(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
