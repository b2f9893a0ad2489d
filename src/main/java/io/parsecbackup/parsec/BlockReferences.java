package io.parsecbackup.parsec;

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

  private BlockReferences() {}

  /**
   * How many there are.
   *
   * @param bytes their sizes by the rows that name them
   */
  public record Count(long objects, long bytes) {}

  /**
   * Counts them in the connection's snapshot; empty where the database has no tables of Parsec's.
   */
  public static Optional<Count> count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet tables = statement.executeQuery(TABLES)) {
        tables.next();
        if (!tables.getBoolean(1)) {
          return Optional.empty();
        }
      }
      try (ResultSet count = statement.executeQuery(COUNT)) {
        count.next();
        return Optional.of(new Count(count.getLong(1), count.getLong(2)));
      }
    }
  }
}
