package io.parsecbackup.parsec;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;

/** The blocks of a Parsec server that keeps them in its database, in the table block_data. */
public final class BlockData {

  /** PostgreSQL knows the length of a value without reading it. */
  private static final String MISSING =
      """
      SELECT o.organization_id || '/' || b.block_id::text AS key, b.size, octet_length(d.data)
      FROM (SELECT DISTINCT realm.organization, block_id, size
            FROM {block} block JOIN {realm} realm ON realm._id = block.realm) b
      JOIN {organization} o ON o._id = b.organization
      LEFT JOIN {block_data} d
        ON d.organization_id = o.organization_id AND d.block_id = b.block_id
      WHERE (d.data IS NULL OR octet_length(d.data) <> b.size) AND {readable}
      ORDER BY convert_to(o.organization_id || '/' || b.block_id::text, 'UTF8')
      """;

  private static final String NONE =
      "(SELECT NULL::text AS organization_id, NULL::uuid AS block_id, NULL::bytea AS data"
          + " WHERE false)";

  private static final int ROWS_AT_ONCE = 10_000;

  private BlockData() {}

  /** Receives each missing block, in the order of the keys' UTF-8 bytes. */
  public interface Reader {
    /**
     * The block of a row is missing or has another size.
     *
     * @param size in bytes, as the row says
     * @param stored size in bytes of the stored block; empty if the block is missing
     */
    void missing(String key, long size, OptionalLong stored) throws IOException;
  }

  /**
   * Finds the rows of the table block, in the connection's snapshot, for which block_data has no
   * block of that size.
   *
   * @param connection in a transaction
   * @param tables where the database has Parsec's tables
   */
  public static void findMissing(Connection connection, ParsecTables tables, Reader reader)
      throws SQLException, IOException {
    UnreadableOrganizations unreadable = UnreadableOrganizations.find(connection, tables);
    String data = tables.has(connection, "block_data") ? tables.name("block_data") : NONE;
    String sql =
        tables
            .sql(MISSING)
            .replace("{block_data}", data)
            .replace("{readable}", unreadable.excludedFrom("o._id"));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS_AT_ONCE);
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          long length = rows.getLong(3);
          OptionalLong stored = rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(length);
          reader.missing(rows.getString(1), rows.getLong(2), stored);
        }
      }
    }
  }
}
