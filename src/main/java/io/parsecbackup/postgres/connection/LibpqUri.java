package io.parsecbackup.postgres.connection;

import static io.parsecbackup.postgres.connection.PercentEncoding.decode;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The grammar of libpq's connection URIs, as the Parsec server's driver asyncpg reads it. A
 * parameter that libpq does not know is a setting of the server's session, {@code database} means
 * {@code dbname}, a plus sign in the query is a space, and the part before the query takes
 * precedence over the query. If a parameter appears more than once, the last one counts. Sources:
 * the chapter "Connection URIs" of PostgreSQL's manual; {@code _parse_connect_dsn_and_args} of
 * asyncpg 0.31.
 *
 * <p>Errors quote only the names of parameters, never another part of the URI: if an escape is
 * missing, any part may contain a piece of the password. For the same reason a bare {@code @} is
 * refused where libpq would accept it as part of a host or database name.
 */
final class LibpqUri {

  private static final String ESCAPE =
      "Inside a user, password or database name write @ as %40, : as %3A, / as %2F, ? as %3F.";

  private static final Pattern WORD = Pattern.compile("[A-Za-z_]{1,40}");

  /** The name of a server setting. Settings of extensions have two parts. */
  private static final Pattern SETTING =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");

  private final Map<ConnectionParameter, String> parameters =
      new EnumMap<>(ConnectionParameter.class);

  private final Map<String, String> serverSettings = new LinkedHashMap<>();

  private final UriSetting setting;

  private LibpqUri(UriSetting setting) {
    this.setting = setting;
  }

  /**
   * The content of a URI.
   *
   * @param parameters libpq's parameters; a value may be empty
   * @param serverSettings settings of the server's session, by name
   */
  record Content(Map<ConnectionParameter, String> parameters, Map<String, String> serverSettings) {}

  /**
   * Parses a URI.
   *
   * @param setting where the URI is from, for errors
   * @throws io.parsecbackup.Problem of kind CONFIGURATION if the URI is malformed
   */
  static Content read(String uri, UriSetting setting) {
    if (uri.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw setting.wrong("has white space or a control character in it. Percent-encode it.");
    }
    String rest;
    if (uri.startsWith("postgresql://")) {
      rest = uri.substring("postgresql://".length());
    } else if (uri.startsWith("postgres://")) {
      rest = uri.substring("postgres://".length());
    } else {
      throw setting.wrong(
          "does not begin with postgresql:// or postgres:// in lower case. Use the form"
              + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
    }
    LibpqUri reader = new LibpqUri(setting);
    reader.authority(rest);
    return new Content(reader.parameters, reader.serverSettings);
  }

  private void authority(String rest) {
    int at = rest.indexOf('@');
    int slash = rest.indexOf('/');
    String hosts = rest;
    if (at >= 0 && (slash < 0 || at < slash)) {
      String credentials = rest.substring(0, at);
      if (credentials.contains("?")) {
        throw setting.wrong("has a ? before an @, which can be read in two ways. " + ESCAPE);
      }
      credentials(credentials);
      hosts = rest.substring(at + 1);
    }
    int end = firstOf(hosts, "/?");
    hosts(hosts.substring(0, end));
    String path = hosts.substring(end);
    int query = firstOf(path, "?");
    if (query > 1) {
      String database = path.substring(1, query);
      if (database.contains("@")) {
        throw setting.wrong("has an @ after the first /. " + ESCAPE);
      }
      parameters.put(ConnectionParameter.DBNAME, decode(database, "the database's name", setting));
    }
    if (query < path.length()) {
      query(path.substring(query + 1));
    }
  }

  private void credentials(String credentials) {
    int colon = firstOf(credentials, ":");
    parameters.put(
        ConnectionParameter.USER,
        decode(credentials.substring(0, colon), "the user's name", setting));
    if (colon < credentials.length()) {
      parameters.put(
          ConnectionParameter.PASSWORD,
          decode(credentials.substring(colon + 1), "the password", setting));
    }
  }

  /** Reads {@code HOST:PORT,HOST:PORT}. libpq keeps both lists as text, with empty entries. */
  private void hosts(String text) {
    if (text.contains("@")) {
      throw setting.wrong("has more than one @ before the database's name. " + ESCAPE);
    }
    List<String> names = new ArrayList<>();
    List<String> ports = new ArrayList<>();
    for (String host : text.split(",", -1)) {
      int end = host.startsWith("[") ? host.indexOf(']') + 1 : firstOf(host, ":");
      if (host.startsWith("[") && end < 3) {
        throw setting.wrong(
            "has an IPv6 address that is empty or has no closing ]. Write it as [::1]:5432.");
      }
      String name = host.startsWith("[") ? host.substring(1, end - 1) : host.substring(0, end);
      String port = host.substring(end);
      if (!port.isEmpty() && !port.startsWith(":")) {
        throw setting.wrong(
            "has text other than :PORT after the ] of an IPv6 address. Write it as [::1]:5432.");
      }
      names.add(decode(name, "a host", setting));
      ports.add(port.isEmpty() ? "" : decode(port.substring(1), "a port", setting));
    }
    parameters.put(ConnectionParameter.HOST, String.join(",", names));
    parameters.put(ConnectionParameter.PORT, String.join(",", ports));
  }

  private void query(String query) {
    Map<ConnectionParameter, String> before = new EnumMap<>(parameters);
    boolean namesHost = !before.getOrDefault(ConnectionParameter.HOST, "").isEmpty();
    int position = 0;
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      position++;
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw setting.wrong("has no = in its parameter " + position + ". Write NAME=VALUE.");
      }
      String name = spaced(pair.substring(0, equals), "the name of parameter " + position);
      String value = spaced(pair.substring(equals + 1), "the value of parameter " + position);
      if (name.equals("ssl") && value.equals("true")) {
        parameters.put(ConnectionParameter.SSLMODE, "require");
        continue;
      }
      Optional<ConnectionParameter> parameter = parameter(name, position);
      if (parameter.isEmpty()) {
        // asyncpg drops server settings without a value.
        if (!value.isEmpty()) {
          serverSettings.put(name, value);
        }
      } else if (!wins(before, namesHost, parameter.get())) {
        parameters.put(parameter.get(), value);
      }
    }
  }

  /** Whether the part before the query decides. A host there also decides the port. */
  private static boolean wins(
      Map<ConnectionParameter, String> before, boolean namesHost, ConnectionParameter parameter) {
    return switch (parameter) {
      case HOST, PORT -> namesHost;
      case USER, PASSWORD, DBNAME -> !before.getOrDefault(parameter, "").isEmpty();
      default -> false;
    };
  }

  private String spaced(String text, String part) {
    return decode(text.replace('+', ' '), part, setting);
  }

  /** libpq's parameter of that name; empty for a server setting. */
  private Optional<ConnectionParameter> parameter(String name, int position) {
    if (name.equals("database")) {
      return Optional.of(ConnectionParameter.DBNAME);
    }
    Optional<ConnectionParameter> known = ConnectionParameter.named(name);
    // In upper case it is probably meant for libpq, and the server would refuse it.
    boolean misspelt = ConnectionParameter.named(name.toLowerCase(Locale.ROOT)).isPresent();
    if (known.isEmpty() && (misspelt || !SETTING.matcher(name).matches())) {
      throw setting.wrong(
          "has an unknown parameter: "
              + (WORD.matcher(name).matches() ? name : "number " + position)
              + ". Write libpq parameters in lower case and server settings as NAME=VALUE.");
    }
    return known;
  }

  private static int firstOf(String text, String ends) {
    for (int i = 0; i < text.length(); i++) {
      if (ends.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }
}
