package io.parsecbackup.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each of these values contains the text s3cret in a place where an operator may have put a secret.
 */
class DatabaseUriProblemsTest {

  private static void assertRefused(String uri, Map<String, String> environment, String expected) {
    Problem problem =
        assertThrows(Problem.class, () -> DatabaseUri.parse(uri, environment), () -> uri);
    String message = String.valueOf(problem.getMessage());
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(message.startsWith("PARSEC_DB"), message);
    assertTrue(message.contains(expected), message);
    assertFalse(message.contains("s3cret"), message);
    assertTrue(message.endsWith("."), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                  | does not begin with postgresql://",
        "mysql://u:s3cret@h/d                | does not begin with postgresql://",
        "POSTGRESQL://u:s3cret@h/d           | in lower case",
        "host=h password=s3cret              | white space",
        "postgresql://u:s3 cret@h/d          | white space",
        "postgresql://u:x@s3cret@h/d         | more than one @",
        "postgresql://u:s3cret/x@h/d         | an @ after the first /",
        "postgresql://u:12/s3cret@h/d        | an @ after the first /",
        "postgresql://u:a?s3cret@h/d         | a ? before an @",
        "postgresql://u:s3cret%@h/d          | in the password",
        "postgresql://u:s3cret%zz@h/d        | in the password",
        "postgresql://u:s3cret%00@h/d        | %00 in the password",
        "postgresql://u:s3cret%FF@h/d        | in the password that are not UTF-8",
        "postgresql://u%4:s3cret@h/d         | in the user's name",
        "postgresql://u:s3cret@h%2/d         | in a host",
        "postgresql://u:s3cret@h/d%          | in the database's name",
        "postgresql://u:s3cret@[::1/d        | has no closing ]",
        "postgresql://u:s3cret@[]/d          | empty or has no closing ]",
        "postgresql://u:s3cret@[::1]x/d      | after the ] of an IPv6 address",
        "postgresql://u:s3cret@h:x/d         | a port that is not a number",
        "postgresql://u:s3cret@h:0/d         | a port that is not a number from 1",
        "postgresql://u:s3cret@h:65536/d     | a port that is not a number",
        "postgresql://u:s3cret@h%20i/d       | not a host name",
        "postgresql://u:s3cret@%40abs/d      | abstract socket",
        "postgresql://u@/d?host=a,b&port=1,2,3     | 2 host(s) and 3 ports",
        "postgresql://u@h,%2Frun%2Fpg/d            | one of them is a socket directory",
        "postgresql://u@/d?host=/run/a,/run/b      | one of them is a socket directory",
        "postgresql://u@h/d?hostaddr=10.0.0.1      | the parameter hostaddr is set together with a host",
        "postgresql://u@h/d?s3cret                 | no = in its parameter 1",
        "postgresql://u@h/d?sslmode=allow&&a=b     | no = in its parameter 2",
        "postgresql://u@h/d?SSLMODE=require        | an unknown parameter: SSLMODE.",
        "postgresql://u@h/d?s3cret%2Fx=1           | an unknown parameter: number 1.",
        "postgresql://u@h/d?jit=off&-c%20x=1       | an unknown parameter: number 2.",
        "postgresql://u@h/d?password=s3cret%       | the value of parameter 1",
      })
  void refusesAWrongUriAndNamesTheRightForm(String uri, String expected) {
    assertRefused(uri, Map.of(), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sslmode=verify_full            | sslmode has \"verify_full\" that is not allowed. Set it to one",
        "sslmode=s3cret/p               | sslmode has a value that is not allowed",
        "sslrootcert=system             | /etc/ssl/certs/ca-certificates.crt",
        "sslpassword=s3cret             | is a secret that PostgreSQL's programs take only as an arg",
        "sslcrl=/x                      | revocation lists",
        "sslcrldir=/x                   | revocation lists",
        "sslsni=0                       | which the JDBC driver does not support",
        "sslcertmode=require            | clientcert",
        "sslcertmode=x                  | one of disable, allow, require",
        "sslnegotiation=x               | one of postgres, direct",
        "sslnegotiation=direct          | needs sslmode=require",
        "sslkeylogfile=/x               | Remove it",
        "ssl_min_protocol_version=TLSv1.3 | which the JDBC driver does not support",
        "ssl_max_protocol_version=TLSv1.2 | which the JDBC driver does not support",
        "min_protocol_version=latest    | which the JDBC driver does not support",
        "channel_binding=x              | one of disable, prefer, require",
        "gssencmode=x                   | one of disable, prefer, require",
        "gsslib=x                       | one of gssapi, sspi",
        "gssdelegation=1                | which the JDBC driver does not support",
        "connect_timeout=soon           | a whole number",
        "keepalives=x                   | a whole number",
        "require_auth=oauth             | does not support oauth",
        "require_auth=password,x        | \"x\" that is not allowed",
        "requirepeer=postgres           | permissions",
        "target_session_attrs=master    | any, read-write, read-only, primary, standby",
        "load_balance_hosts=x           | one of disable, random",
        "service=x                      | service file",
        "replication=database           | replication connection",
        "scram_client_key=s3cret        | Set the password instead",
        "scram_server_key=s3cret        | Set the password instead",
        "oauth_issuer=x                 | OAuth",
        "oauth_client_id=x              | OAuth",
        "oauth_client_secret=s3cret     | OAuth",
        "oauth_scope=x                  | OAuth",
      })
  void refusesParametersThatTheJdbcDriverDoesNotSupport(String parameter, String expected) {
    String name = parameter.substring(0, parameter.indexOf('='));
    assertRefused("postgresql://u@h/d?" + parameter, Map.of(), expected);
    assertRefused("postgresql://u@h/d?" + parameter, Map.of(), "the parameter " + name + " ");
  }

  @Test
  void namesTheVariableIfAVariableIsWrong() {
    assertRefused(
        "postgresql://u@h/d",
        Map.of("PGSSLMODE", "maybe"),
        "the environment variable PGSSLMODE has \"maybe\"");
    assertRefused(
        "postgresql://u@h/d", Map.of("PGSERVICE", "x"), "the environment variable PGSERVICE");
    assertRefused("postgresql://u@/d", Map.of("PGHOST", "h", "PGPORT", "x"), "a port");
  }

  @Test
  void refusesEncryptionOverASocket() {
    assertRefused(
        "postgresql://u@/d?host=/run/pg&gssencmode=require",
        Map.of(),
        "impossible on a Unix socket");
  }

  @Test
  void namesTheOptionThatContainsTheUri() {
    Problem problem =
        assertThrows(
            Problem.class,
            () -> DatabaseUri.parseTarget("--database", "postgresql://u@h:x/d", Map.of()));
    assertTrue(String.valueOf(problem.getMessage()).startsWith("--database has a port"));
    Problem parameter =
        assertThrows(
            Problem.class,
            () -> DatabaseUri.parseTarget("--database", "postgresql://u@h/d?sslmode=x", Map.of()));
    assertTrue(
        String.valueOf(parameter.getMessage()).startsWith("--database: the parameter sslmode"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MOCKED", "mocked", " MOCKED "})
  void reportsThatAMockedDatabaseCannotBeBackedUp(String value) {
    Problem problem = assertThrows(Problem.class, () -> DatabaseUri.parse(value, Map.of()));
    assertEquals(Problem.Kind.NOT_SUPPORTED, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).startsWith("PARSEC_DB: MOCKED"));
  }
}
