package io.parsecbackup.postgres.connection;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The connection data for the PostgreSQL JDBC driver. {@code toString} shows only the URL.
 *
 * @param url contains no secret
 * @param properties the driver's properties, including user and password
 */
public record JdbcTarget(String url, Properties properties) {

  static JdbcTarget of(List<Host> hosts, String database, Properties properties) {
    Host first = hosts.getFirst();
    String places;
    if (first.isSocketDirectory()) {
      properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
      properties.setProperty("socketFactoryArg", first.socket().toString());
      places = "localhost:" + first.port();
    } else {
      places = hosts.stream().map(Host::toString).collect(Collectors.joining(","));
    }
    String path = URLEncoder.encode(database, StandardCharsets.UTF_8);
    return new JdbcTarget("jdbc:postgresql://" + places + "/" + path, properties);
  }

  @Override
  public String toString() {
    return "JdbcTarget[url=" + url + "]";
  }
}
