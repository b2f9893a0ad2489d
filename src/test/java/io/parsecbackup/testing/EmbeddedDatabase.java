package io.parsecbackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL server on 127.0.0.1 and on a Unix socket. It asks every client for a password
 * (SCRAM). It can be stopped, killed and started again on the same port. {@link #close()} or the
 * end of this JVM stops it and removes its files.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  /**
   * How a server is started.
   *
   * @param directory the parent of the folder with its files; if empty, a file system in memory if
   *     there is one with enough space; otherwise, or if the server's user cannot enter it, the
   *     temporary folder
   * @param durable with {@code fsync} and full pages, as in production; without, for speed
   * @param binaries which PostgreSQL
   * @param settings more settings, as in {@code postgresql.conf}
   * @param ownCluster whether it has a system identifier that no other server has
   */
  public record Options(
      Optional<Path> directory,
      boolean durable,
      Optional<PgBinaries> binaries,
      Map<String, String> settings,
      boolean ownCluster) {

    public static Options defaults() {
      return new Options(Optional.empty(), false, Optional.empty(), Map.of(), false);
    }

    public Options in(Path newDirectory) {
      return new Options(Optional.of(newDirectory), durable, binaries, settings, ownCluster);
    }

    public Options asDurable() {
      return new Options(directory, true, binaries, settings, ownCluster);
    }

    public Options of(PgBinaries newBinaries) {
      return new Options(directory, durable, Optional.of(newBinaries), settings, ownCluster);
    }

    public Options with(String name, String value) {
      Map<String, String> more = new TreeMap<>(settings);
      more.put(name, value);
      return new Options(directory, durable, binaries, more, ownCluster);
    }

    /** Archives its WAL, for {@link EmbeddedDatabase#recovered}. */
    public Options archiving() {
      return with("archive_mode", "on")
          .with("archive_command", "mkdir -p ../archive && cp %p ../archive/%f");
    }

    public Options asOwnCluster() {
      return new Options(directory, durable, binaries, settings, true);
    }
  }

  private static final String SUPERUSER = "postgres";

  private final PgServer server;
  private final int port;
  private final String password;

  private EmbeddedDatabase(PgServer server, int port, String password) {
    this.server = server;
    this.port = port;
    this.password = password;
  }

  /** A running server with nothing but PostgreSQL's own databases. */
  public static EmbeddedDatabase open() {
    return open(Options.defaults());
  }

  /** As {@link #open()}, with options. */
  public static EmbeddedDatabase open(Options options) {
    int port = freePort();
    // Characters that must be escaped in a URI, in a shell and in Parsec's grammar: code that
    // forgets it fails.
    String password = HexFormat.of().formatHex(new SecureRandom().generateSeed(8)) + ":/@%' $\\";
    List<String> settings = new ArrayList<>();
    Map<String, String> named = new TreeMap<>();
    named.put("port", Integer.toString(port));
    named.put("listen_addresses", "127.0.0.1");
    named.put("max_connections", "100");
    named.put("timezone", "UTC");
    if (!options.durable()) {
      named.put("fsync", "off");
      named.put("synchronous_commit", "off");
      named.put("full_page_writes", "off");
    }
    named.putAll(options.settings());
    named.forEach((name, value) -> settings.addAll(List.of("-c", name + "=" + value)));
    PgServer server =
        PgServer.create(
            options.binaries().orElseGet(PgBinaries::onClassPath),
            options.directory(),
            SUPERUSER,
            password,
            settings,
            options.ownCluster());
    EmbeddedDatabase database = new EmbeddedDatabase(server, port, password);
    try {
      database.start();
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
    return database;
  }

  /** A standby that replays what this server writes. This server is restarted for it. */
  public EmbeddedDatabase standby() {
    createRole("replicator", "replicator");
    execute("postgres", "ALTER ROLE replicator REPLICATION");
    int its = freePort();
    server.stop();
    PgServer standby =
        PgServer.standbyOf(
            server,
            "host=127.0.0.1 port=%d user=replicator password=replicator".formatted(port),
            settings(its, "wal_receiver_status_interval=1", "max_standby_streaming_delay=0"));
    server.start();
    return started(standby, its);
  }

  private static List<String> settings(int port, String... more) {
    List<String> all = new ArrayList<>();
    for (String one : List.of("port=" + port, "listen_addresses=127.0.0.1", "fsync=off")) {
      all.addAll(List.of("-c", one));
    }
    all.addAll(List.of("-c", "timezone=UTC"));
    for (String one : more) {
      all.addAll(List.of("-c", one));
    }
    return all;
  }

  private EmbeddedDatabase started(PgServer other, int its) {
    EmbeddedDatabase database = new EmbeddedDatabase(other, its, password);
    try {
      database.start();
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
    return database;
  }

  /** Takes a physical backup, from which {@link #recovered} starts. This server is restarted. */
  public void takePhysicalBackup() {
    server.stop();
    server.keepCopy();
    server.start();
  }

  /** Archives all WAL that is written, and one commit more: a recovery must find a later one. */
  public void archiveAll() {
    execute("postgres", "SELECT txid_current()");
    String last = single("SELECT pg_walfile_name(pg_switch_wal())");
    Awaitility.await()
        .until(() ->
            single("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver").compareTo(last)
                >= 0);
  }

  private String single(String sql) {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Another server with the data of this one at that time: the physical backup, and what was
   * archived since.
   */
  public EmbeddedDatabase recovered(Instant target) {
    int its = freePort();
    return started(server.recovered(target, settings(its, "max_connections=100")), its);
  }

  /** For libpq, with the superuser's name and password: the database {@code postgres}. */
  public String uri() {
    return uri("postgres");
  }

  /** For libpq, with the superuser's name and password. */
  public String uri(String database) {
    return uri(database, SUPERUSER, password);
  }

  /** For libpq, as another role. */
  public String uri(String database, String role, String rolePassword) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(escape(role), escape(rolePassword), port, escape(database));
  }

  /** For JDBC, with the superuser's name and password. */
  public String jdbc(String database) {
    return jdbc(database, SUPERUSER, password);
  }

  /** For JDBC, as another role. */
  public String jdbc(String database, String role, String rolePassword) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s&password=%s"
        .formatted(port, escape(database), escape(role), escape(rolePassword));
  }

  /** A connection as superuser. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbc(database));
  }

  /** Runs statements as superuser, each in its own transaction. */
  public void execute(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An empty database in UTF-8, owned by the superuser. */
  public void createDatabase(String name) {
    execute("postgres", "CREATE DATABASE " + quote(name));
  }

  /** An empty database in UTF-8, owned by an existing role. */
  public void createDatabase(String name, String owner) {
    execute("postgres", "CREATE DATABASE %s OWNER %s".formatted(quote(name), quote(owner)));
  }

  public void dropDatabase(String name) {
    execute("postgres", "DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)");
  }

  /** An ordinary role that can log in and has no rights yet. */
  public void createRole(String name, String rolePassword) {
    execute(
        "postgres",
        "CREATE ROLE %s LOGIN PASSWORD '%s'"
            .formatted(quote(name), rolePassword.replace("'", "''")));
  }

  /** From now on accepts TLS with this certificate, and still accepts connections without TLS. */
  public void encrypt(TestCertificate certificate) {
    write("server.crt", certificate.certificate());
    write("server.key", certificate.key());
    execute("postgres", "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> {
          try (Connection connection =
              DriverManager.getConnection(jdbc("postgres") + "&sslmode=require")) {
            return connection.isValid(5);
          }
        });
  }

  /**
   * Copies a text file into the folder of the server's data. The server itself writes it, because
   * it accepts only a key file that it owns.
   */
  public void write(String name, Path file) {
    try {
      execute(
          "postgres",
          "COPY (SELECT '%s') TO PROGRAM 'umask 077; tr \"#\" \"\\n\" > %s'"
              .formatted(Files.readString(file).replace("\n", "#"), name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public String superuser() {
    return SUPERUSER;
  }

  public String password() {
    return password;
  }

  /** The folder of the server's socket, for URIs such as {@code postgresql:///db?host=/folder}. */
  public Path socketDirectory() {
    return server.sockets();
  }

  /** Starts the server again after {@link #stop()} or {@link #kill()}, on the same port. */
  public void start() {
    server.start();
  }

  /** Shuts the server down cleanly and ends all sessions; its data stays. */
  public void stop() {
    server.stop();
  }

  /** Ends the server and all its sessions at once, as a power cut would; its data stays. */
  public void kill() {
    server.kill();
  }

  /** Stops the server and removes its files. */
  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return "EmbeddedDatabase[port=" + port + "]";
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
