package io.parsecbackup.postgres.connection;

import static io.parsecbackup.postgres.connection.ConnectionParameter.HOST;
import static io.parsecbackup.postgres.connection.ConnectionParameter.HOSTADDR;
import static io.parsecbackup.postgres.connection.ConnectionParameter.PORT;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Combines libpq's lists of hosts and ports. */
final class HostList {

  private static final String DEFAULT_PORT = "5432";

  /** Where servers put their socket: Debian and Red Hat, then PostgreSQL's default. */
  static final List<String> SOCKET_DIRECTORIES =
      List.of("/run/postgresql", "/var/run/postgresql", "/tmp");

  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._-]+");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,5}");

  private HostList() {}

  static List<Host> of(ConnectionSettings settings) {
    String[] names = names(settings).split(",", -1);
    String[] ports = settings.get(PORT).orElse(DEFAULT_PORT).split(",", -1);
    if (ports.length != 1 && ports.length != names.length) {
      throw settings.wrong(
          "names "
              + names.length
              + " host(s) and "
              + ports.length
              + " ports. Give one port for all hosts, or one for each.");
    }
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      int port = port(settings, ports.length == 1 ? ports[0] : ports[i]);
      hosts.add(
          names[i].isEmpty() ? defaultHost(port) : new Host(checked(settings, names[i]), port));
    }
    if (hosts.size() > 1 && hosts.stream().anyMatch(Host::isSocketDirectory)) {
      throw settings.wrong(
          "names several hosts, and one of them is a socket directory, which the JDBC driver does not"
              + " support. Name one socket directory, or only hosts.");
    }
    return List.copyOf(hosts);
  }

  private static String names(ConnectionSettings settings) {
    String host = settings.get(HOST).orElse("");
    String address = settings.get(HOSTADDR).orElse(host);
    if (!host.isEmpty() && !host.equals(address)) {
      throw settings.refused(
          HOSTADDR,
          "is set together with a host, and the JDBC driver cannot use both. Remove one of them.");
    }
    return address;
  }

  /** libpq's default depends on its build; this uses the directory that has a socket. */
  private static Host defaultHost(int port) {
    return SOCKET_DIRECTORIES.stream()
        .map(directory -> new Host(directory, port))
        .filter(host -> Files.exists(host.socket()))
        .findFirst()
        .orElseGet(() -> new Host("localhost", port));
  }

  private static String checked(ConnectionSettings settings, String name) {
    if (name.startsWith("@")) {
      throw settings.wrong(
          "names an abstract socket (@…), which Java cannot open. Use a socket directory or a host.");
    }
    boolean right =
        name.startsWith("/") || NAME.matcher(name).matches() || IPV6.matcher(name).matches();
    if (!right) {
      throw settings.wrong(
          "has a host that is not a host name, an address or a socket directory. Write an IPv6"
              + " address in brackets and a socket directory as %2Frun%2Fpostgresql.");
    }
    return name;
  }

  private static int port(ConnectionSettings settings, String text) {
    if (text.isEmpty()) {
      return Integer.parseInt(DEFAULT_PORT);
    }
    int port = DIGITS.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65_535) {
      throw settings.wrong(
          "has a port that is not a number from 1 to 65535. If the password contains : / ? @ or %,"
              + " write them as %3A %2F %3F %40 %25.");
    }
    return port;
  }
}
