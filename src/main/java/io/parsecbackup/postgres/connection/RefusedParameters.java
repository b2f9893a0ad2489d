package io.parsecbackup.postgres.connection;

import io.parsecbackup.Problem;
import java.util.List;

/** Why a parameter that libpq knows cannot be followed here, and what to do instead. */
final class RefusedParameters {

  private RefusedParameters() {}

  /** The problem of a parameter that is refused with every value. */
  static Problem refuse(ConnectionSettings settings, ConnectionParameter parameter) {
    return settings.refused(
        parameter,
        switch (parameter) {
          case SERVICE, SERVICEFILE ->
              "names a service file, which this program does not read. Write what the service says"
                  + " into the URI.";
          case REPLICATION -> "opens a replication connection, which no backup uses. Remove it.";
          case SSLPASSWORD ->
              "is a secret that PostgreSQL's programs take in an argument only, where every user of"
                  + " the machine can read it. Name a key without a passphrase in sslkey, readable by"
                  + " its owner alone.";
          case SSLCRL, SSLCRLDIR ->
              "asks for revocation lists, which the JDBC driver does not check. Remove it if you"
                  + " accept that.";
          case SSLKEYLOGFILE ->
              "writes the connection's keys to a file, which would open the backup's traffic to its"
                  + " readers. Remove it.";
          case REQUIREPEER ->
              "asks for the system user of the server's process, which the JDBC driver cannot see."
                  + " Remove it, and protect the socket directory by its permissions.";
          case SCRAM_CLIENT_KEY, SCRAM_SERVER_KEY ->
              "is a secret that the JDBC driver does not know. Give the password instead.";
          case OAUTH_ISSUER, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, OAUTH_SCOPE ->
              "belongs to OAuth, which the JDBC driver does not know and which needs a person at a"
                  + " browser. Use a role with a password or a client certificate.";
          default -> throw new IllegalArgumentException(parameter + " is not refused");
        });
  }

  /**
   * Lets the values pass at which the driver does what libpq would do.
   *
   * @throws Problem of kind CONFIGURATION for every other value
   */
  static void requireDefault(
      ConnectionSettings settings, ConnectionParameter parameter, String value) {
    List<String> same =
        switch (parameter) {
          case SSLSNI -> List.of("1");
          case GSSDELEGATION -> List.of("0");
          case MIN_PROTOCOL_VERSION -> List.of("3.0");
          // Java itself takes nothing below TLS 1.2.
          case SSL_MIN_PROTOCOL_VERSION -> List.of("TLSv1", "TLSv1.1", "TLSv1.2");
          case SSL_MAX_PROTOCOL_VERSION -> List.of("TLSv1.3");
          default -> throw new IllegalArgumentException(parameter + " has no such default");
        };
    if (same.stream().noneMatch(value::equalsIgnoreCase)) {
      throw settings.refused(
          parameter,
          "has a value other than "
              + String.join(", ", same)
              + ", and the JDBC driver has no such setting. Remove it, or set it at the server.");
    }
  }
}
