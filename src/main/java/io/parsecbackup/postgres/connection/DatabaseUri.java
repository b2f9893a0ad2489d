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
 * Where a database is: {@code PARSEC_DB} or another connection URI, read as libpq reads it together
 * with libpq's environment variables. It gives the same connection to the JDBC driver and to
 * PostgreSQL's programs. {@code toString} shows neither password nor parameters.
 */
public final class DatabaseUri {

  /**
   * The environment variables that also count for another database than the source. They only make
   * a connection more secure or limit its waiting; none contains a secret, a host or a user.
   */
  private static final Set<String> TARGET_VARIABLES =
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

  /** A password file that cannot exist. libpq ignores a missing file without a message. */
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
   * Reads a value of {@code PARSEC_DB}. What the URI does not set comes from libpq's variables in
   * {@code environment}, then from libpq's defaults: the operating system's user, and a database
   * with the user's name. It reads no file.
   *
   * @throws Problem of kind NOT_SUPPORTED for {@code MOCKED}; of kind CONFIGURATION if the text is
   *     malformed or has a parameter that the JDBC driver does not support. The message names the
   *     parameter or the part, and no secret
   */
  public static DatabaseUri parse(String uri, Map<String, String> environment) {
    return parse(UriSetting.PARSEC_DB, uri, environment, false);
  }

  /**
   * Reads the URI of another database than the source, such as the target of a restore. It never
   * uses the source's password: PGPASSWORD and password files are ignored, except for a password
   * file that the URI itself names as {@code passfile}. No variable sets its host, user or
   * database.
   *
   * @param setting the setting or option that holds the URI; errors name it
   * @throws Problem as {@link #parse} does
   */
  public static DatabaseUri parseTarget(
      String setting, String uri, Map<String, String> environment) {
    Map<String, String> kept = new HashMap<>(environment);
    kept.keySet().retainAll(TARGET_VARIABLES);
    return parse(new UriSetting(setting), uri, kept, true);
  }

  private static DatabaseUri parse(
      UriSetting setting, String uri, Map<String, String> environment, boolean isTarget) {
    String text = uri.strip();
    if (text.equalsIgnoreCase("MOCKED")) {
      throw new Problem(
          NOT_SUPPORTED,
          setting.name()
              + ": MOCKED is not supported. Such a Parsec server keeps its metadata in memory, so"
              + " there is nothing to back up.");
    }
    ConnectionSettings settings =
        new ConnectionSettings(setting, LibpqUri.read(text, setting), environment);
    Path home =
        Path.of(
            Optional.ofNullable(environment.get("HOME"))
                .filter(value -> !value.isBlank())
                .orElseGet(() -> System.getProperty("user.home", "/")));
    String user = settings.get(ConnectionParameter.USER).orElseGet(() -> systemUser(setting));
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

  /** Java names a user {@code ?} if the system has no name for its id, as in many containers. */
  private static String systemUser(UriSetting setting) {
    String name = System.getProperty("user.name", "");
    if (name.isBlank() || name.equals("?")) {
      throw setting.wrong(
          "names no user, and the operating system has no name for the current one. Write"
              + " postgresql://USER@… or set PGUSER.");
    }
    return name;
  }

  /** The setting or option that holds the URI, such as {@code PARSEC_DB}, for errors. */
  public String setting() {
    return settings.setting().name();
  }

  /** At least one, in the order of the URI. A socket directory is always the only one. */
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

  /** The password of the URI or of PGPASSWORD, not of a password file. */
  public Optional<String> password() {
    return settings.get(ConnectionParameter.PASSWORD);
  }

  /** Whether the JDBC driver gets a password, from a password file too. */
  public boolean hasPassword() {
    return passwordFor(hosts).filter(password -> !password.isEmpty()).isPresent();
  }

  /**
   * The connection for the JDBC driver. Reads the files for TLS and the password file.
   *
   * @throws Problem of kind CONFIGURATION if one of these files cannot be used
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
   * Reads the password file for PostgreSQL's programs too. Which socket directory its {@code
   * localhost} means depends on libpq's build, and the driver and the programs must use the same
   * password.
   */
  private Optional<String> passwordFor(List<Host> places) {
    return ignoresPasswordFiles()
        ? password()
        : password().or(() -> PasswordFile.password(settings, home, places, database, user));
  }

  private boolean ignoresPasswordFiles() {
    return isTarget && settings.get(ConnectionParameter.PASSFILE).isEmpty();
  }

  /** The connection for PostgreSQL's programs, with all hosts. */
  public LibpqTarget libpq() {
    return withoutPasswordFile(LibpqTarget.of(settings, hosts, user, database, password()));
  }

  /**
   * The connection for PostgreSQL's programs, to one host: an exported snapshot exists only there.
   *
   * @param pinned one of {@link #hosts()}, from {@link #reached}
   */
  public LibpqTarget libpq(Host pinned) {
    List<Host> alone = List.of(pinned);
    return withoutPasswordFile(LibpqTarget.of(settings, alone, user, database, passwordFor(alone)));
  }

  /** Without this, a program would read the user's password file by itself. */
  private LibpqTarget withoutPasswordFile(LibpqTarget target) {
    return ignoresPasswordFiles() ? target.with("PGPASSFILE", NO_PASSWORD_FILE) : target;
  }

  /**
   * The host of a connection that was made with {@link #jdbc()}.
   *
   * @throws SQLException if the connection is not one of the PostgreSQL driver
   */
  public Host reached(Connection connection) throws SQLException {
    if (hosts.size() == 1) {
      return hosts.getFirst();
    }
    HostSpec reached = connection.unwrap(BaseConnection.class).getQueryExecutor().getHostSpec();
    String name = reached.getHost().replaceAll("^\\[|]$", "");
    return new Host(name, reached.getPort());
  }

  /** Another database on the same server, for the same user. */
  public DatabaseUri withDatabase(String name) {
    return new DatabaseUri(settings, home, isTarget, hosts, user, name);
  }

  @Override
  public String toString() {
    String places = hosts.stream().map(Host::toString).collect(Collectors.joining(","));
    return "postgresql://" + user + "@" + places + "/" + database;
  }
}
