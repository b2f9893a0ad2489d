package io.parsecbackup.postgres.connection;

import io.parsecbackup.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Translates libpq's parameters to properties of the JDBC driver 42.7. A parameter that the driver
 * does not support is refused with the reason: the connection must not be less secure than libpq's,
 * and must not go to another server.
 */
final class JdbcTranslation {

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");

  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private static final Map<String, String> SERVER_TYPES =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  private static final Pattern AUTHENTICATION =
      Pattern.compile("!?(password|md5|gss|sspi|scram-sha-256|none)");

  private final ConnectionSettings settings;
  private final boolean socket;
  private final Properties properties = new Properties();

  private JdbcTranslation(ConnectionSettings settings, boolean socket) {
    this.settings = settings;
    this.socket = socket;
  }

  /**
   * The driver's properties, without user, password and the properties that depend on files.
   *
   * @throws Problem of kind CONFIGURATION for a parameter that the driver does not support
   */
  static Properties translate(ConnectionSettings settings, List<Host> hosts) {
    boolean socket = hosts.getFirst().isSocketDirectory();
    JdbcTranslation translation = new JdbcTranslation(settings, socket);
    // libpq's default; the driver's is different.
    translation.set("tcpKeepAlive", "true");
    for (ConnectionParameter parameter : ConnectionParameter.values()) {
      settings.get(parameter).ifPresent(value -> translation.add(parameter, value));
    }
    if (socket) {
      // Like libpq: no TLS and no GSS encryption on a Unix socket.
      translation.set("sslmode", "disable");
      translation.set("gssEncMode", "disable");
      translation.properties.remove("sslNegotiation");
    }
    return translation.properties;
  }

  private void set(String name, String value) {
    properties.setProperty(name, value);
  }

  private void add(ConnectionParameter parameter, String value) {
    switch (parameter) {
      case HOST, HOSTADDR, PORT, DBNAME, USER, PASSWORD, PASSFILE -> {}
      case SSLCERT, SSLKEY -> {}
      case APPLICATION_NAME -> set("ApplicationName", value);
      case FALLBACK_APPLICATION_NAME -> properties.putIfAbsent("ApplicationName", value);
      case OPTIONS -> set("options", value);
      case KRBSRVNAME -> set("kerberosServerName", value);
      // They tune TCP or do not concern the driver; only PostgreSQL's programs get them.
      case KEEPALIVES_IDLE, KEEPALIVES_INTERVAL, KEEPALIVES_COUNT, TCP_USER_TIMEOUT -> {}
      case CLIENT_ENCODING, SSLCOMPRESSION, MAX_PROTOCOL_VERSION -> {}
      case CONNECT_TIMEOUT -> set("connectTimeout", "" + Math.max(0, number(parameter, value)));
      case KEEPALIVES -> set("tcpKeepAlive", number(parameter, value) != 0 ? "true" : "false");
      case CHANNEL_BINDING ->
          set("channelBinding", oneOf(parameter, value, "disable", "prefer", "require"));
      case GSSENCMODE -> gssEncryption(value);
      case GSSLIB -> set("gsslib", oneOf(parameter, value, "gssapi", "sspi"));
      case SSLMODE -> set("sslmode", oneOf(parameter, value, SSL_MODES.toArray(String[]::new)));
      case REQUIRESSL -> {
        if (value.startsWith("1") && settings.get(ConnectionParameter.SSLMODE).isEmpty()) {
          set("sslmode", "require");
        }
      }
      case SSLNEGOTIATION -> directTls(oneOf(parameter, value, "postgres", "direct"));
      case SSLCERTMODE -> clientCertificate(value);
      case SSLROOTCERT -> {
        if (value.equals("system")) {
          throw settings.refused(
              parameter,
              "is \"system\", which the JDBC driver does not support. Name the file of the system's"
                  + " certificates, for example /etc/ssl/certs/ca-certificates.crt, and set"
                  + " sslmode=verify-full.");
        }
      }
      case REQUIRE_AUTH -> set("requireAuth", authentication(value));
      case TARGET_SESSION_ATTRS -> set("targetServerType", serverType(value));
      case LOAD_BALANCE_HOSTS ->
          set(
              "loadBalanceHosts",
              oneOf(parameter, value, "disable", "random").equals("random") ? "true" : "false");
      case SSLSNI, GSSDELEGATION, SSL_MIN_PROTOCOL_VERSION, MIN_PROTOCOL_VERSION ->
          requireDefault(parameter, value);
      case SSL_MAX_PROTOCOL_VERSION -> requireDefault(parameter, value);
      case SERVICE, SERVICEFILE, REPLICATION, SSLPASSWORD, SSLCRL, SSLCRLDIR, SSLKEYLOGFILE ->
          throw RefusedParameters.refuse(settings, parameter);
      case REQUIREPEER, SCRAM_CLIENT_KEY, SCRAM_SERVER_KEY ->
          throw RefusedParameters.refuse(settings, parameter);
      case OAUTH_ISSUER, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, OAUTH_SCOPE ->
          throw RefusedParameters.refuse(settings, parameter);
    }
  }

  private void gssEncryption(String value) {
    ConnectionParameter parameter = ConnectionParameter.GSSENCMODE;
    oneOf(parameter, value, "disable", "prefer", "require");
    if (socket && value.equals("require")) {
      throw settings.refused(
          parameter,
          "is \"require\", which is impossible on a Unix socket. Remove it, or name a host.");
    }
    set("gssEncMode", value);
  }

  private void directTls(String value) {
    String mode = properties.getProperty("sslmode", "prefer");
    boolean weak = SSL_MODES.indexOf(mode) < SSL_MODES.indexOf("require");
    if (value.equals("direct") && weak && !socket) {
      throw settings.refused(
          ConnectionParameter.SSLNEGOTIATION,
          "is \"direct\", which needs sslmode=require, verify-ca or verify-full. Add one of them.");
    }
    set("sslNegotiation", value);
  }

  private void clientCertificate(String value) {
    ConnectionParameter parameter = ConnectionParameter.SSLCERTMODE;
    switch (oneOf(parameter, value, "disable", "allow", "require")) {
      case "disable" -> {
        set("sslcert", "");
        set("sslkey", "");
      }
      case "require" ->
          throw settings.refused(
              parameter,
              "is \"require\", and the JDBC driver cannot tell whether the server asked for the"
                  + " certificate. Remove it, and set clientcert in pg_hba.conf.");
      default -> {}
    }
  }

  private String authentication(String value) {
    for (String method : value.split(",", -1)) {
      if (!AUTHENTICATION.matcher(method).matches()) {
        throw settings.notAmong(
            ConnectionParameter.REQUIRE_AUTH,
            method,
            "a list of password, md5, gss, sspi, scram-sha-256 and none, each with ! or all without"
                + " (the JDBC driver does not support oauth)");
      }
    }
    return value;
  }

  private String serverType(String value) {
    return Optional.ofNullable(SERVER_TYPES.get(value))
        .orElseThrow(() ->
            settings.notAmong(
                ConnectionParameter.TARGET_SESSION_ATTRS,
                value,
                "any, read-write, read-only, primary, standby or prefer-standby"));
  }

  private void requireDefault(ConnectionParameter parameter, String value) {
    RefusedParameters.requireDefault(settings, parameter, value);
  }

  private int number(ConnectionParameter parameter, String value) {
    if (!NUMBER.matcher(value.strip()).matches()) {
      throw settings.notAmong(parameter, value, "a whole number");
    }
    return Integer.parseInt(value.strip());
  }

  private String oneOf(ConnectionParameter parameter, String value, String... allowed) {
    if (!List.of(allowed).contains(value)) {
      throw settings.notAmong(parameter, value, "one of " + String.join(", ", allowed));
    }
    return value;
  }
}
