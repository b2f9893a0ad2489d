package io.parsecbackup.testing;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The stores of a Parsec server: its database and its bucket, both named {@code parsec}, both with
 * data. Tests, dev mode, the demo and benchmarks all use it; {@link ParsecStackMain} starts it for
 * a shell.
 */
public final class ParsecStack implements AutoCloseable {

  /** The database, the role that owns it, and the bucket. */
  public static final String NAME = "parsec";

  // Characters that must be escaped in a URI, in a shell and in SQL.
  private static final String PASSWORD = "p@rsec:s3cret/%20'\\$ ";

  private final EmbeddedDatabase database;
  private final EmbeddedS3 s3;
  private final ParsecData data;

  private ParsecStack(EmbeddedDatabase database, EmbeddedS3 s3, ParsecData data) {
    this.database = database;
    this.s3 = s3;
    this.data = data;
  }

  /** A running stack with its data in the temporary folder. */
  public static ParsecStack start(ParsecData.Spec spec) {
    return start(spec, Optional.empty());
  }

  /** A running stack with the database's files in a folder under {@code directory}. */
  public static ParsecStack start(ParsecData.Spec spec, Optional<Path> directory) {
    EmbeddedDatabase.Options options = EmbeddedDatabase.Options.defaults();
    return start(spec, directory.map(options::in).orElse(options));
  }

  /** A running stack whose database server is not a copy of the others in these tests. */
  public static ParsecStack startWithOwnCluster(ParsecData.Spec spec) {
    return start(spec, EmbeddedDatabase.Options.defaults().asOwnCluster());
  }

  /** A running stack whose database server archives its WAL. */
  public static ParsecStack startWithArchive(ParsecData.Spec spec) {
    return start(spec, EmbeddedDatabase.Options.defaults().archiving());
  }

  private static ParsecStack start(ParsecData.Spec spec, EmbeddedDatabase.Options options) {
    EmbeddedDatabase database = EmbeddedDatabase.open(options);
    EmbeddedS3 s3 = null;
    try {
      s3 = EmbeddedS3.open();
      database.createRole(NAME, PASSWORD);
      database.createDatabase(NAME, NAME);
      ParsecData data = ParsecData.fill(database.jdbc(NAME, NAME, PASSWORD), s3.bucket(NAME), spec);
      return new ParsecStack(database, s3, data);
    } catch (RuntimeException e) {
      database.close();
      if (s3 != null) {
        s3.close();
      }
      throw e;
    }
  }

  public EmbeddedDatabase database() {
    return database;
  }

  public EmbeddedS3 s3() {
    return s3;
  }

  public S3Bucket bucket() {
    return s3.bucket(NAME);
  }

  public ParsecData data() {
    return data;
  }

  /** The Parsec server's two settings, which are all that a sidecar needs. */
  public Map<String, String> environment() {
    return environment(s3.endpoint().toString());
  }

  /**
   * As {@link #environment()}, with another endpoint of the bucket, such as a {@link FaultyProxy}.
   */
  public Map<String, String> environment(String endpoint) {
    return Map.of("PARSEC_DB", databaseUri(), "PARSEC_BLOCKSTORE", blockstore(endpoint));
  }

  /** For libpq, as the role that the Parsec server uses. */
  public String databaseUri() {
    return database.uri(NAME, NAME, PASSWORD);
  }

  /** {@code PARSEC_BLOCKSTORE} for the bucket itself. */
  public String blockstore() {
    return blockstore(s3.endpoint().toString());
  }

  /** {@code PARSEC_BLOCKSTORE} for the bucket, of a program that reaches it at this address. */
  public String blockstore(String endpoint) {
    return s3.setting(endpoint, NAME);
  }

  /**
   * An empty database and an empty bucket on the same servers, as the target of a restore.
   *
   * @param databaseUri as the role that the Parsec server uses
   * @param blockstore as {@code PARSEC_BLOCKSTORE} has it
   */
  public record Target(String databaseUri, String blockstore, S3Bucket bucket) {}

  /** For the JDBC driver, another database of the server, as the role that the server uses. */
  public String jdbc(String name) {
    return database.jdbc(name, NAME, PASSWORD);
  }

  /** Creates a target with this name. */
  public Target target(String name) {
    database.createDatabase(name, NAME);
    return targetOf(name);
  }

  /** The target with this name, whose database exists. */
  public Target targetOf(String name) {
    return new Target(database.uri(name, NAME, PASSWORD), s3.setting(name), s3.bucket(name));
  }

  /** Stores the blocks in the database, as a server with the block store POSTGRESQL does. */
  public ParsecStack keepBlocksInDatabase() {
    database.execute(
        NAME,
        """
        INSERT INTO block_data (organization_id, block_id, data)
        SELECT DISTINCT o.organization_id, b.block_id, decode(repeat('2a', b.size), 'hex')
        FROM block b JOIN realm r ON r._id = b.realm JOIN organization o ON o._id = r.organization
        """);
    return this;
  }

  /** Allows the Parsec server's role to create databases, which drills and swaps need. */
  public ParsecStack allowDatabases() {
    database.execute("postgres", "ALTER ROLE " + NAME + " CREATEDB");
    return this;
  }

  @Override
  public void close() {
    s3.close();
    database.close();
  }
}
