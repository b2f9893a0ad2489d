package io.parsecbackup.postgres.connection;

import io.parsecbackup.Problem;
import java.util.List;

/** Why a parameter of libpq cannot be used here, and what to do instead. */
final class RefusedParameters {

  private RefusedParameters() {}

  /** The error for a parameter that is refused with every value. */
  static Problem refuse(ConnectionSettings settings, ConnectionParameter parameter) {
    return settings.refused(
        parameter,
        switch (parameter) {
          case SERVICE, SERVICEFILE ->
              "names a service file, which this program does not read. Copy the service's settings"
                  + " into the URI.";
          case REPLICATION ->
              "opens a replication connection, which a backup does not use. Remove it.";
          case SSLPASSWORD ->
              "is a secret that PostgreSQL's programs take only as an argument, which every user of"
                  + " the machine can read. Name a key without a passphrase in sslkey that only its"
                  + " owner can read.";
          case SSLCRL, SSLCRLDIR ->
              "needs revocation lists, which the JDBC driver does not check. Remove it if you"
                  + " accept that.";
          case SSLKEYLOGFILE ->
              "writes the connection's keys to a file, so that its readers can decrypt the backup's"
                  + " traffic. Remove it.";
          case REQUIREPEER ->
              "checks the operating system's user of the server process, which the JDBC driver"
                  + " cannot do. Remove it, and restrict the permissions of the socket directory.";
          case SCRAM_CLIENT_KEY, SCRAM_SERVER_KEY ->
              "is not supported by the JDBC driver. Set the password instead.";
          case OAUTH_ISSUER, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, OAUTH_SCOPE ->
              "belongs to OAuth, which the JDBC driver does not support. Use a role with a password"
                  + " or a client certificate.";
          default -> throw new IllegalArgumentException(parameter + " is not refused");
        });
  }

  /**
   * Accepts the values for which the driver behaves as libpq does.
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
          // Java does not use versions below TLS 1.2.
          case SSL_MIN_PROTOCOL_VERSION -> List.of("TLSv1", "TLSv1.1", "TLSv1.2");
          case SSL_MAX_PROTOCOL_VERSION -> List.of("TLSv1.3");
          default -> throw new IllegalArgumentException(parameter + " has no such default");
        };
    if (same.stream().noneMatch(value::equalsIgnoreCase)) {
      throw settings.refused(
          parameter,
          "has a value other than "
              + String.join(", ", same)
              + ", which the JDBC driver does not support. Remove it, or set it on the server.");
    }
  }
}
