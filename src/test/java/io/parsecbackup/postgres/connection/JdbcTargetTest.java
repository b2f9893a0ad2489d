package io.parsecbackup.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.testing.TestCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.Driver;

class JdbcTargetTest {

  @TempDir Path home;

  private DatabaseUri parse(String uri) {
    return DatabaseUri.parse(uri, Map.of("HOME", home.toString()));
  }

  private String property(String parameters, String name) {
    return parse("postgresql://u@h/d?" + parameters).jdbc().properties().getProperty(name, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x=                                      | tcpKeepAlive     | true",
        "keepalives=0                            | tcpKeepAlive     | false",
        "keepalives=1                            | tcpKeepAlive     | true",
        "keepalives_idle=5                       | tcpKeepAlive     | true",
        "sslmode=disable                         | sslmode          | disable",
        "sslmode=allow                           | sslmode          | allow",
        "sslmode=require                         | sslmode          | require",
        "sslmode=verify-full                     | sslmode          | verify-full",
        "ssl=true                                | sslmode          | require",
        "requiressl=1                            | sslmode          | require",
        "requiressl=0                            | sslmode          | ''",
        "sslmode=prefer&requiressl=1             | sslmode          | prefer",
        "sslrootcert=/ca.pem                     | sslrootcert      | /ca.pem",
        "sslcertmode=disable                     | sslcert          | ''",
        "sslmode=require&sslnegotiation=direct   | sslNegotiation   | direct",
        "sslnegotiation=postgres                 | sslNegotiation   | postgres",
        "channel_binding=require                 | channelBinding   | require",
        "gssencmode=disable                      | gssEncMode       | disable",
        "gsslib=gssapi                           | gsslib           | gssapi",
        "krbsrvname=pg                           | kerberosServerName | pg",
        "connect_timeout=7                       | connectTimeout   | 7",
        "connect_timeout=-1                      | connectTimeout   | 0",
        "application_name=a%20b                  | ApplicationName  | a b",
        "fallback_application_name=f             | ApplicationName  | f",
        "fallback_application_name=f&application_name=a | ApplicationName | a",
        "options=-c%20geqo%3Doff                 | options          | -c geqo=off",
        "require_auth=scram-sha-256              | requireAuth      | scram-sha-256",
        "require_auth=!password,!md5             | requireAuth      | !password,!md5",
        "load_balance_hosts=random               | loadBalanceHosts | true",
        "load_balance_hosts=disable              | loadBalanceHosts | false",
        "target_session_attrs=any                | targetServerType | any",
        "target_session_attrs=read-write         | targetServerType | primary",
        "target_session_attrs=primary            | targetServerType | primary",
        "target_session_attrs=read-only          | targetServerType | secondary",
        "target_session_attrs=standby            | targetServerType | secondary",
        "target_session_attrs=prefer-standby     | targetServerType | preferSecondary",
        "sslsni=1&gssdelegation=0                | user             | u",
        "ssl_min_protocol_version=TLSv1.2        | user             | u",
        "ssl_max_protocol_version=TLSv1.3        | user             | u",
        "min_protocol_version=3.0&max_protocol_version=latest | user | u",
        "tcp_user_timeout=1&keepalives_count=2&keepalives_interval=3 | user | u",
        "client_encoding=auto&sslcompression=1   | user             | u",
        "sslmode=                                | sslmode          | ''",
      })
  void translatesLibpqsParametersIntoTheDriversProperties(
      String parameters, String name, String expected) {
    assertEquals(expected, property(parameters.replace("x=", "options="), name));
  }

  @Test
  void usesTheVariablesForWhatTheUriDoesNotSet() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PGSSLMODE", "verify-ca");
    environment.put("PGSSLROOTCERT", "/ca.pem");
    environment.put("PGTARGETSESSIONATTRS", "standby");
    environment.put("PGCONNECT_TIMEOUT", "3");
    environment.put("PGOPTIONS", "-c geqo=off");
    environment.put("PGAPPNAME", "app");
    environment.put("HOME", home.toString());
    Properties properties =
        DatabaseUri.parse("postgresql://u@h/d?connect_timeout=9", environment).jdbc().properties();
    assertEquals("verify-ca", properties.getProperty("sslmode"));
    assertEquals("/ca.pem", properties.getProperty("sslrootcert"));
    assertEquals("secondary", properties.getProperty("targetServerType"));
    assertEquals("9", properties.getProperty("connectTimeout"));
    assertEquals("-c geqo=off", properties.getProperty("options"));
    assertEquals("app", properties.getProperty("ApplicationName"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u@h/d                  | h:5432/d              | h       | d",
        "postgresql://u@h1:1,h2:2/d          | h1:1,h2:2/d           | h1,h2   | d",
        "postgresql://u@[::1]:5/d            | [::1]:5/d             | [::1]   | d",
        "postgresql://u@h/a%2Fb%20c%3F%25+é& | h:5432/a%2Fb+c%3F%25%2B%C3%A9%26 | h | a/b c?%+é&",
        "postgresql://u@%2Frun%2Fpg:5/d      | localhost:5/d         | localhost | d",
      })
  void writesAUrlThatTheDriverReads(String uri, String url, String hosts, String database) {
    JdbcTarget target = parse(uri).jdbc();
    assertEquals("jdbc:postgresql://" + url, target.url());
    Properties read = Driver.parseURL(target.url(), new Properties());
    assertNotNull(read);
    assertEquals(hosts, read.getProperty("PGHOST"));
    assertEquals(database, read.getProperty("PGDBNAME"));
  }

  @Test
  void usesNoTlsAndNoGssOnASocket() {
    Properties properties =
        parse("postgresql://u@/d?host=/run/pg&sslmode=verify-full&sslnegotiation=direct")
            .jdbc()
            .properties();
    assertEquals("disable", properties.getProperty("sslmode"));
    assertEquals("disable", properties.getProperty("gssEncMode"));
    assertEquals("/run/pg/.s.PGSQL.5432", properties.getProperty("socketFactoryArg"));
    assertEquals(UnixSocketFactory.class.getName(), properties.getProperty("socketFactory"));
  }

  @Test
  void verifiesTheServerIfThereIsARootCertificate() throws IOException {
    Path root = Files.createDirectories(home.resolve(".postgresql")).resolve("root.crt");
    assertEquals("require", property("sslmode=require", "sslmode"));
    Files.writeString(root, "x");
    assertEquals("verify-ca", property("sslmode=require", "sslmode"));
    assertEquals(root.toString(), property("sslmode=require", "sslrootcert"));
    assertEquals("prefer", property("sslmode=prefer", "sslmode"));
  }

  private Path key(String name, String marker, byte[] content) throws Exception {
    return TestCertificate.pem(home.resolve(name), marker, content);
  }

  private static byte[] pkcs8(String algorithm) throws GeneralSecurityException {
    return KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate().getEncoded();
  }

  @ParameterizedTest
  @CsvSource({"RSA, RSA", "EC, EC", "Ed25519, EdDSA"})
  void acceptsAClientKeyInPkcs8(String algorithm, String expected) throws Exception {
    Path certificate = Files.writeString(home.resolve("tls.crt"), "certificate");
    Path key = key("tls.key", "PRIVATE KEY", pkcs8(algorithm));
    Properties properties =
        parse("postgresql://u@h/d?sslcert=" + certificate + "&sslkey=" + key).jdbc().properties();
    assertEquals(key.toString(), properties.getProperty("sslkey"));
    assertEquals(certificate.toString(), properties.getProperty("sslcert"));
    assertEquals(expected, properties.getProperty("pemKeyAlgorithm"));
  }

  @Test
  void usesLibpqsDefaultClientCertificate() throws Exception {
    Path folder = Files.createDirectories(home.resolve(".postgresql"));
    Files.writeString(folder.resolve("postgresql.crt"), "certificate");
    key(".postgresql/postgresql.key", "PRIVATE KEY", pkcs8("RSA"));
    assertEquals(folder.resolve("postgresql.key").toString(), property("sslmode=allow", "sslkey"));
    assertEquals("", property("sslcertmode=disable", "sslkey"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tls.key  | RSA PRIVATE KEY       | openssl pkcs8 -topk8 -nocrypt",
        "tls.key  | EC PRIVATE KEY        | openssl pkcs8 -topk8 -nocrypt",
        "tls.key  | ENCRYPTED PRIVATE KEY | has a passphrase",
        "tls.p12  | PRIVATE KEY           | PKCS#12",
        "tls.txt  | PRIVATE KEY           | Rename it",
        "tls.key  | PRIVATE KEY           | no RSA, EC or EdDSA key",
      })
  void refusesAClientKeyThatTheDriverCannotRead(String name, String marker, String expected)
      throws Exception {
    Files.writeString(home.resolve("c"), "certificate");
    Path key = key(name, marker, "s3cret".getBytes(StandardCharsets.UTF_8));
    DatabaseUri uri = parse("postgresql://u@h/d?sslcert=" + home.resolve("c") + "&sslkey=" + key);
    Problem problem = assertThrows(Problem.class, uri::jdbc);
    String message = String.valueOf(problem.getMessage());
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(message.startsWith("PARSEC_DB: the parameter sslkey names " + key), message);
    assertTrue(message.contains(expected), message);
  }

  @Test
  void namesMissingFiles() throws IOException {
    Problem noCertificate =
        assertThrows(Problem.class, () -> parse("postgresql://u@h/d?sslcert=/no/tls.crt").jdbc());
    assertEquals(
        "PARSEC_DB: the parameter sslcert names /no/tls.crt, which does not exist.",
        noCertificate.getMessage());
    Path certificate = Files.writeString(home.resolve("c"), "certificate");
    Problem noKey =
        assertThrows(
            Problem.class, () -> parse("postgresql://u@h/d?sslcert=" + certificate).jdbc());
    String message = String.valueOf(noKey.getMessage());
    assertTrue(message.contains("the client key " + home + "/.postgresql/postgresql.key"), message);
  }
}
