package io.parsecbackup.parsec;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Block ids that several realms of one organization use with different sizes. The server allows
 * this, but an object's key has no realm, so no object can match all of these rows.
 */
public final class BlockCollisions {

  /** Sorted by the keys' UTF-8 bytes. */
  private static final String QUERY =
      """
      SELECT o.organization_id || '/' || b.block_id::text, b.size, r.realm_id::text
      FROM {block} b
      JOIN {realm} r ON r._id = b.realm
      JOIN {organization} o ON o._id = r.organization
      JOIN (SELECT realm.organization, block.block_id
            FROM {block} block JOIN {realm} realm ON realm._id = block.realm
            GROUP BY 1, 2 HAVING min(block.size) <> max(block.size)) c
        ON c.organization = r.organization AND c.block_id = b.block_id
      WHERE {readable}
      ORDER BY convert_to(o.organization_id || '/' || b.block_id::text, 'UTF8'), b.size, 3
      """;

  private static final int ROWS_AT_ONCE = 1_000;

  private BlockCollisions() {}

  /** Receives each row that is part of a collision. */
  public interface Reader {
    void row(String key, long size, String realm) throws IOException;
  }

  /**
   * Finds collisions in the connection's snapshot, except those of {@link UnreadableOrganizations}.
   * It reads the whole table block, so call it only if {@link BlockReferences.Count#collisions} is
   * not 0.
   *
   * @param connection in a transaction
   * @param tables where the database has Parsec's tables
   */
  public static void find(Connection connection, ParsecTables tables, Reader reader)
      throws SQLException, IOException {
    UnreadableOrganizations unreadable = UnreadableOrganizations.find(connection, tables);
    String sql = tables.sql(QUERY).replace("{readable}", unreadable.excludedFrom("o._id"));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS_AT_ONCE);
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          reader.row(rows.getString(1), rows.getLong(2), rows.getString(3));
        }
      }
    }
  }
}
