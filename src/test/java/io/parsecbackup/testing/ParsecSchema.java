package io.parsecbackup.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * The database schema of a Parsec server 3.9: the tables that a backup reads are exact, and some
 * others make the dump realistic. Written for these tests.
 */
public final class ParsecSchema {

  /** The newest row of {@code migration}: the schema of Parsec 3.9. */
  public static final int MIGRATION = 24;

  private ParsecSchema() {}

  /** Creates the tables in an empty database, owned by the connected role. */
  public static void create(Connection connection) throws SQLException {
    run(connection, "parsec-schema.sql");
  }

  /** The newest row of {@code migration} after {@link #upgrade}: the schema of Parsec 3.10. */
  public static final int UPGRADED = 26;

  /** Upgrades Parsec 3.9's tables to those of 3.10. */
  public static void upgrade(Connection connection) throws SQLException {
    run(connection, "parsec-schema-26.sql");
  }

  /**
   * Adds to each organization with number n a person and a device with the same number, the realms
   * 2n-1 and 2n, and some metadata.
   */
  public static void addPeople(Connection connection) throws SQLException {
    run(connection, "parsec-people.sql");
  }

  private static void run(Connection connection, String script) throws SQLException {
    try (Statement statement = connection.createStatement();
        InputStream sql = Objects.requireNonNull(ParsecSchema.class.getResourceAsStream(script))) {
      statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
