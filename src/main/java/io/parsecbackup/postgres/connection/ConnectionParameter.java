package io.parsecbackup.postgres.connection;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The connection parameters of libpq up to PostgreSQL 18, each with the environment variable for
 * its default. Source: the chapters "Parameter Key Words" and "Environment Variables" of
 * PostgreSQL's manual.
 */
enum ConnectionParameter {
  HOST("PGHOST"),
  HOSTADDR("PGHOSTADDR"),
  PORT("PGPORT"),
  DBNAME("PGDATABASE"),
  USER("PGUSER"),
  PASSWORD("PGPASSWORD"),
  PASSFILE("PGPASSFILE"),
  SERVICE("PGSERVICE"),
  SERVICEFILE("PGSERVICEFILE"),
  REQUIRE_AUTH("PGREQUIREAUTH"),
  CHANNEL_BINDING("PGCHANNELBINDING"),
  CONNECT_TIMEOUT("PGCONNECT_TIMEOUT"),
  CLIENT_ENCODING("PGCLIENTENCODING"),
  OPTIONS("PGOPTIONS"),
  APPLICATION_NAME("PGAPPNAME"),
  FALLBACK_APPLICATION_NAME(""),
  KEEPALIVES(""),
  KEEPALIVES_IDLE(""),
  KEEPALIVES_INTERVAL(""),
  KEEPALIVES_COUNT(""),
  TCP_USER_TIMEOUT(""),
  REPLICATION(""),
  GSSENCMODE("PGGSSENCMODE"),
  GSSLIB("PGGSSLIB"),
  GSSDELEGATION("PGGSSDELEGATION"),
  KRBSRVNAME("PGKRBSRVNAME"),
  SSLMODE("PGSSLMODE"),
  REQUIRESSL("PGREQUIRESSL"),
  SSLNEGOTIATION("PGSSLNEGOTIATION"),
  SSLCOMPRESSION("PGSSLCOMPRESSION"),
  SSLCERT("PGSSLCERT"),
  SSLKEY("PGSSLKEY"),
  SSLPASSWORD(""),
  SSLCERTMODE("PGSSLCERTMODE"),
  SSLROOTCERT("PGSSLROOTCERT"),
  SSLCRL("PGSSLCRL"),
  SSLCRLDIR("PGSSLCRLDIR"),
  SSLSNI("PGSSLSNI"),
  SSLKEYLOGFILE(""),
  SSL_MIN_PROTOCOL_VERSION("PGSSLMINPROTOCOLVERSION"),
  SSL_MAX_PROTOCOL_VERSION("PGSSLMAXPROTOCOLVERSION"),
  MIN_PROTOCOL_VERSION("PGMINPROTOCOLVERSION"),
  MAX_PROTOCOL_VERSION("PGMAXPROTOCOLVERSION"),
  REQUIREPEER("PGREQUIREPEER"),
  TARGET_SESSION_ATTRS("PGTARGETSESSIONATTRS"),
  LOAD_BALANCE_HOSTS("PGLOADBALANCEHOSTS"),
  SCRAM_CLIENT_KEY(""),
  SCRAM_SERVER_KEY(""),
  OAUTH_ISSUER(""),
  OAUTH_CLIENT_ID(""),
  OAUTH_CLIENT_SECRET(""),
  OAUTH_SCOPE("");

  private final String variable;

  ConnectionParameter(String variable) {
    this.variable = variable;
  }

  /** The keyword in a URI. */
  String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The environment variable with the parameter's default, if it has one. */
  Optional<String> variable() {
    return variable.isEmpty() ? Optional.empty() : Optional.of(variable);
  }

  /** The parameter with that keyword, in lower case as libpq requires. */
  static Optional<ConnectionParameter> named(String keyword) {
    return Arrays.stream(values()).filter(p -> p.keyword().equals(keyword)).findFirst();
  }

  /** Whether it says where to connect and as which user; these are not in the URI's query. */
  boolean isAddress() {
    return switch (this) {
      case HOST, HOSTADDR, PORT, DBNAME, USER, PASSWORD -> true;
      default -> false;
    };
  }
}
