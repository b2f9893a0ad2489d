package io.parsecbackup.postgres.connection;

import static io.parsecbackup.Problem.Kind.NOT_SUPPORTED;

import io.parsecbackup.Problem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.HostSpec;

/**
 * Where a Parsec server keeps its metadata: {@code PARSEC_DB}, read as libpq reads a connection URI
 * with its environment variables, and said again for the JDBC driver and for PostgreSQL's programs.
 * {@code toString} shows neither password nor parameters.
 */
public final class DatabaseUri {

  /**
   * One place where the server may be.
   *
   * @param name a host name, an address without brackets, or, beginning with {@code /}, the
   *     directory of a Unix socket
   */
  public record Host(String name, int port) {
    public boolean isSocketDirectory() {
      return name.startsWith("/");
    }

    /** The socket's path. Of use for a socket directory only. */
    Path socket() {
      return Path.of(name, ".s.PGSQL." + port);
    }

    @Override
    public String toString() {
      return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }
  }

  /**
   * The only variables that count for another database than the source's: they make a connection
   * safer, or its waiting shorter. None holds a secret, a host or a user.
   */
  private static final Set<String> FOR_A_TARGET =
      Set.of(
          "HOME",
          "PGSSLMODE",
          "PGREQUIRESSL",
          "PGSSLNEGOTIATION",
          "PGSSLROOTCERT",
          "PGSSLMINPROTOCOLVERSION",
          "PGSSLMAXPROTOCOLVERSION",
          "PGCHANNELBINDING",
          "PGREQUIREAUTH",
          "PGGSSENCMODE",
          "PGCONNECT_TIMEOUT");

  /** A password file that is not there, and can never be: libpq says nothing of it. */
  private static final String NO_PASSWORD_FILE = "/dev/null/none";

  private final ConnectionSettings settings;
  private final Path home;
  private final boolean isTarget;
  private final List<Host> hosts;
  private final String user;
  private final String database;

  private DatabaseUri(
      ConnectionSettings settings,
      Path home,
      boolean isTarget,
      List<Host> hosts,
      String user,
      String database) {
    this.settings = settings;
    this.home = home;
    this.isTarget = isTarget;
    this.hosts = hosts;
    this.user = user;
    this.database = database;
  }

  /**
   * Reads a value of {@code PARSEC_DB}. What it leaves open comes from libpq's variables in {@code
   * environment}, then from libpq's defaults: the operating system's user, and a database of the
   * user's name. It reads no file.
   *
   * @throws Problem of kind NOT_SUPPORTED for {@code MOCKED}; of kind CONFIGURATION when the text
   *     is wrong, or holds a parameter that the JDBC driver cannot follow. The message names the
   *     parameter or the part, and no secret
   */
  public static DatabaseUri parse(String uri, Map<String, String> environment) {
    return parse(uri, environment, false);
  }

  /**
   * Reads the URI of another database than the source's, such as a restore's target. It never gets
   * the source's password: neither PGPASSWORD nor a password file counts, but for one that the URI
   * itself names as {@code passfile}. Nor does a variable say where it is.
   *
   * @throws Problem as {@link #parse} does
   */
  public static DatabaseUri parseTarget(String uri, Map<String, String> environment) {
    Map<String, String> kept = new HashMap<>(environment);
    kept.keySet().retainAll(FOR_A_TARGET);
    return parse(uri, kept, true);
  }

  private static DatabaseUri parse(String uri, Map<String, String> environment, boolean isTarget) {
    String text = uri.strip();
    if (text.equalsIgnoreCase("MOCKED")) {
      throw new Problem(
          NOT_SUPPORTED,
          ConnectionSettings.SETTING
              + ": MOCKED is not supported: such metadata lives in the Parsec server's memory and is"
              + " gone when it stops, so there is nothing to back up.");
    }
    ConnectionSettings settings = new ConnectionSettings(LibpqUri.read(text), environment);
    Path home =
        Path.of(
            Optional.ofNullable(environment.get("HOME"))
                .filter(value -> !value.isBlank())
                .orElseGet(() -> System.getProperty("user.home", "/")));
    String user = settings.get(ConnectionParameter.USER).orElseGet(DatabaseUri::systemUser);
    DatabaseUri parsed =
        new DatabaseUri(
            settings,
            home,
            isTarget,
            HostList.of(settings),
            user,
            settings.get(ConnectionParameter.DBNAME).orElse(user));
    JdbcTranslation.translate(settings, parsed.hosts);
    return parsed;
  }

  /** A process whose id has no name in the system, as in many containers, is called {@code ?}. */
  private static String systemUser() {
    String name = System.getProperty("user.name", "");
    if (name.isBlank() || name.equals("?")) {
      throw ConnectionSettings.wrong(
          "names no user, and the operating system has no name for this one. Write"
              + " postgresql://USER@… or set PGUSER.");
    }
    return name;
  }

  /** In the order of the URI, at least one; a socket directory only as the single one. */
  public List<Host> hosts() {
    return hosts;
  }

  public String database() {
    return database;
  }

  public String user() {
    return user;
  }

  /** Whether it was read by {@link #parseTarget}. */
  public boolean isTarget() {
    return isTarget;
  }

  /** The password of the URI or of PGPASSWORD; not one that stands in a password file. */
  public Optional<String> password() {
    return settings.get(ConnectionParameter.PASSWORD);
  }

  /** Whether a password is set for the JDBC driver, in a password file too. */
  public boolean hasPassword() {
    return passwordFor(hosts).filter(password -> !password.isEmpty()).isPresent();
  }

  /**
   * The same for the JDBC driver. It reads the files that TLS and a password file need.
   *
   * @throws Problem of kind CONFIGURATION when one of these files cannot serve
   */
  public JdbcTarget jdbc() {
    Properties properties = JdbcTranslation.translate(settings, hosts);
    properties.setProperty("user", user);
    passwordFor(hosts).ifPresent(password -> properties.setProperty("password", password));
    if (!hosts.getFirst().isSocketDirectory()) {
      TlsFiles.apply(settings, home, properties);
    }
    return JdbcTarget.of(hosts, database, properties);
  }

  /**
   * Of the password file too: which socket directory its {@code localhost} means depends on how a
   * libpq was built, and driver and programs must log in alike.
   */
  private Optional<String> passwordFor(List<Host> places) {
    return hasNoPasswordFile()
        ? password()
        : password().or(() -> PasswordFile.password(settings, home, places, database, user));
  }

  private boolean hasNoPasswordFile() {
    return isTarget && settings.get(ConnectionParameter.PASSFILE).isEmpty();
  }

  /** The same for PostgreSQL's programs, with all hosts. */
  public LibpqTarget libpq() {
    return closed(LibpqTarget.of(settings, hosts, user, database, password()));
  }

  /**
   * The same for PostgreSQL's programs, at one host only: an exported snapshot exists nowhere else.
   *
   * @param pinned one of {@link #hosts()}, as {@link #reached} tells it
   */
  public LibpqTarget libpq(Host pinned) {
    List<Host> alone = List.of(pinned);
    return closed(LibpqTarget.of(settings, alone, user, database, passwordFor(alone)));
  }

  /** A program would look into the user's password file by itself. */
  private LibpqTarget closed(LibpqTarget target) {
    return hasNoPasswordFile() ? target.with("PGPASSFILE", NO_PASSWORD_FILE) : target;
  }

  /**
   * The host that a connection made with {@link #jdbc()} is at.
   *
   * @throws SQLException when the connection is not one of the PostgreSQL driver
   */
  public Host reached(Connection connection) throws SQLException {
    if (hosts.size() == 1) {
      return hosts.getFirst();
    }
    HostSpec reached = connection.unwrap(BaseConnection.class).getQueryExecutor().getHostSpec();
    String name = reached.getHost().replaceAll("^\\[|]$", "");
    return new Host(name, reached.getPort());
  }

  /** The same server and user, another database. */
  public DatabaseUri withDatabase(String name) {
    return new DatabaseUri(settings, home, isTarget, hosts, user, name);
  }

  @Override
  public String toString() {
    String places = hosts.stream().map(Host::toString).collect(Collectors.joining(","));
    return "postgresql://" + user + "@" + places + "/" + database;
  }
}
