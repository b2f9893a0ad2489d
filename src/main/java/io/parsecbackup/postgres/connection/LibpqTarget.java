package io.parsecbackup.postgres.connection;

import static io.parsecbackup.postgres.connection.PercentEncoding.encode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The connection data for {@code pg_dump}, {@code pg_restore} and {@code psql}. {@code toString}
 * shows only the URI.
 *
 * @param uri contains no secret and can be used as an argument. Parameters that come from the
 *     environment stay there, because an older libpq ignores an unknown variable but refuses an
 *     unknown parameter
 * @param environment libpq's variables for the child process, including PGPASSWORD
 */
public record LibpqTarget(String uri, Map<String, String> environment) {

  private static final Pattern OPTIONS = Pattern.compile("[?&]options=[^&]*");

  public LibpqTarget {
    environment = Map.copyOf(environment);
  }

  static LibpqTarget of(
      ConnectionSettings settings,
      List<Host> hosts,
      String user,
      String database,
      Optional<String> password) {
    StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
    settings
        .fromUri()
        .forEach((parameter, value) -> {
          if (isPassedOn(parameter)
              && (hosts.size() > 1 || parameter != ConnectionParameter.LOAD_BALANCE_HOSTS)) {
            query.add(parameter.keyword() + "=" + encode(value));
          }
        });
    Map<String, String> environment = new TreeMap<>();
    settings
        .fromEnvironment()
        .forEach((parameter, value) -> {
          if (isPassedOn(parameter)) {
            parameter.variable().ifPresent(variable -> environment.put(variable, value));
          }
        });
    password.ifPresent(secret -> environment.put("PGPASSWORD", secret));
    String places = hosts.stream().map(LibpqTarget::place).collect(Collectors.joining(","));
    return new LibpqTarget(
        "postgresql://" + encode(user) + "@" + places + "/" + encode(database) + query,
        environment);
  }

  /** The same with one more variable. */
  LibpqTarget with(String variable, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(variable, value);
    return new LibpqTarget(uri, more);
  }

  /** A client encoding would convert the whole dump; a dump stays in the database's encoding. */
  private static boolean isPassedOn(ConnectionParameter parameter) {
    return !parameter.isAddress() && parameter != ConnectionParameter.CLIENT_ENCODING;
  }

  private static String place(Host host) {
    String name = encode(host.name());
    return (host.name().contains(":") ? "[" + name.replace("%3A", ":") + "]" : name)
        + ":"
        + host.port();
  }

  /**
   * The same, with more options for the server's session, such as {@code -c statement_timeout=0}.
   * They come last, so they take precedence.
   */
  public LibpqTarget withOptions(String more) {
    Matcher own = OPTIONS.matcher(uri);
    if (own.find()) {
      return new LibpqTarget(own.replaceFirst("$0%20" + encode(more)), environment);
    }
    Map<String, String> changed = new TreeMap<>(environment);
    changed.merge("PGOPTIONS", more, (before, last) -> before + " " + last);
    return new LibpqTarget(uri, changed);
  }

  /**
   * Sets these variables in a child process's environment and removes libpq's other variables: one
   * such as PGHOSTADDR or PGSERVICE would send the program to another server.
   *
   * @param child from {@link ProcessBuilder#environment()}; changed in place
   */
  public void applyTo(Map<String, String> child) {
    child.keySet().removeIf(name -> name.startsWith("PG"));
    child.putAll(environment);
  }

  @Override
  public String toString() {
    return "LibpqTarget[uri=" + uri + "]";
  }
}
