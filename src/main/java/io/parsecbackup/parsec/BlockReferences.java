package io.parsecbackup.parsec;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** The objects that a Parsec database refers to, in every 3.x schema. */
public final class BlockReferences {

  private static final String TABLES =
      """
      SELECT to_regclass('public.block') IS NOT NULL
         AND to_regclass('public.realm') IS NOT NULL
         AND to_regclass('public.organization') IS NOT NULL
      """;

  /** A block that two realms share has two rows and one object. */
  private static final String COUNT =
      """
      SELECT count(*), coalesce(sum(size), 0)
      FROM (SELECT max(b.size) AS size
            FROM public.block b
            JOIN public.realm r ON r._id = b.realm
            JOIN public.organization o ON o._id = r.organization
            GROUP BY o.organization_id, b.block_id) AS referenced
      """;

  /**
   * Ordered by the keys' UTF-8 bytes, whatever the database's encoding: COLLATE "C" alone would
   * give the order of its own bytes.
   */
  private static final String ALL =
      """
      SELECT key, max(size)
      FROM (SELECT o.organization_id || '/' || b.block_id::text AS key, b.size
            FROM public.block b
            JOIN public.realm r ON r._id = b.realm
            JOIN public.organization o ON o._id = r.organization) AS referenced
      GROUP BY key
      ORDER BY convert_to(key, 'UTF8')
      """;

  private static final int ROWS_AT_ONCE = 10_000;

  private BlockReferences() {}

  /**
   * How many there are.
   *
   * @param bytes their sizes by the rows that name them
   */
  public record Count(long objects, long bytes) {}

  /** Told of each object once, in the order of the keys' UTF-8 bytes. */
  public interface Reader {
    void read(String key, long size) throws IOException;
  }

  /**
   * Reads them all in the connection's snapshot, few at a time.
   *
   * @param connection in a transaction: otherwise the driver would hold all rows
   * @return whether the database has Parsec's tables
   */
  public static boolean read(Connection connection, Reader reader)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      if (!hasTables(statement)) {
        return false;
      }
      statement.setFetchSize(ROWS_AT_ONCE);
      try (ResultSet rows = statement.executeQuery(ALL)) {
        while (rows.next()) {
          reader.read(rows.getString(1), rows.getLong(2));
        }
      }
      return true;
    }
  }

  private static boolean hasTables(Statement statement) throws SQLException {
    try (ResultSet tables = statement.executeQuery(TABLES)) {
      tables.next();
      return tables.getBoolean(1);
    }
  }

  /**
   * Counts them in the connection's snapshot; empty where the database has no tables of Parsec's.
   */
  public static Optional<Count> count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!hasTables(statement)) {
        return Optional.empty();
      }
      try (ResultSet count = statement.executeQuery(COUNT)) {
        count.next();
        return Optional.of(new Count(count.getLong(1), count.getLong(2)));
      }
    }
  }
}
