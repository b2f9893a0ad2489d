package io.parsecbackup.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUriTest {

  private static DatabaseUri parse(String uri) {
    return DatabaseUri.parse(uri, Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u@h/d                        | u@h:5432/d",
        "postgres://u@h/d                          | u@h:5432/d",
        "' postgresql://u@h/d '                    | u@h:5432/d",
        "postgresql://u:p@h:5433/d                 | u@h:5433/d",
        "postgresql://u:p@h:5433                   | u@h:5433/u",
        "postgresql://u@h/                         | u@h:5432/u",
        "postgresql://u@h:/d                       | u@h:5432/d",
        "postgresql://u@h1:1,h2:2/d                | u@h1:1,h2:2/d",
        "postgresql://u@h1,h2:2/d                  | u@h1:5432,h2:2/d",
        "postgresql://u@[::1]:5433/d               | u@[::1]:5433/d",
        "postgresql://u@[fe80::1%25eth0],h/d       | u@[fe80::1%eth0]:5432,h:5432/d",
        "postgresql://u@%2Frun%2Fpg:5433/d         | u@/run/pg:5433/d",
        "postgresql://u@%2frun%2fpg/d              | u@/run/pg:5432/d",
        "postgresql://u@/d?host=/run/pg            | u@/run/pg:5432/d",
        "postgresql:///d?host=/run/pg&user=u       | u@/run/pg:5432/d",
        "postgresql:///?dbname=d&host=h&user=u     | u@h:5432/d",
        "postgresql://u@h/d?dbname=e&host=i&port=7 | u@h:5432/d",
        "postgresql://u@h/d?user=v                 | u@h:5432/d",
        "postgresql://u@h?database=e               | u@h:5432/e",
        "postgresql://h?database=d+e&user=u        | u@h:5432/d e",
        "postgresql://u@h/d?jit=off&a.b=c          | u@h:5432/d",
        "postgresql://u@/d?host=a,b&port=1,2       | u@a:1,b:2/d",
        "postgresql://u@/d?host=a,b&port=7         | u@a:7,b:7/d",
        "postgresql://u@:5433/d?host=h             | u@h:5433/d",
        "postgresql://h?user=u                     | u@h:5432/u",
        "postgresql://u@/d?hostaddr=10.0.0.1       | u@10.0.0.1:5432/d",
        "postgresql://u@h/a%2Fb%20c%3F+d           | u@h:5432/a/b c?+d",
        "postgresql://a%40b:p%40q@h_1.x-y/d        | a@b@h_1.x-y:5432/d",
        "postgresql://u@h/Base%20%C3%A9t%C3%A9     | u@h:5432/Base été",
        "postgresql://u@h/d?                       | u@h:5432/d",
      })
  void readsTheUrisThatLibpqReads(String uri, String expected) {
    assertEquals("postgresql://" + expected, parse(uri).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u:p%3A%2F%40%25%3F%5C%20+%22'%24@h/d | p:/@%?\\ +\"'$",
        "postgresql://u:p:q@h/d                            | p:q",
        "postgresql://u:first@h/d?password=second          | first",
        "postgresql://u@h/d?password=a%26b%3Dc             | a&b=c",
        "postgresql://u@h/d?password=a=b                   | a=b",
        "postgresql://u:cl%C3%A9@h/d                       | clé",
        "postgresql://u:@h/d                               | ",
        "postgresql://u@h/d                                | "
      })
  void decodesThePasswordsEscapes(String uri, String expected) {
    assertEquals(Optional.ofNullable(expected), parse(uri).password());
  }

  @Test
  void fallsBackToLibpqsVariables() {
    Map<String, String> environment =
        Map.of(
            "PGHOST", "env1,env2",
            "PGPORT", "7777",
            "PGUSER", "envuser",
            "PGPASSWORD", "s3cret",
            "PGDATABASE", "envdb");
    DatabaseUri empty = DatabaseUri.parse("postgresql://", environment);
    assertEquals("postgresql://envuser@env1:7777,env2:7777/envdb", empty.toString());
    assertEquals(Optional.of("s3cret"), empty.password());
    DatabaseUri full = DatabaseUri.parse("postgresql://u:p@h:1/d", environment);
    assertEquals("postgresql://u@h:1/d", full.toString());
    assertEquals(Optional.of("p"), full.password());
  }

  @Test
  void readsAPortForSeveralHostsFromTheVariable() {
    DatabaseUri uri = DatabaseUri.parse("postgresql://u@a,b/d", Map.of("PGPORT", "7777"));
    assertEquals(List.of(new Host("a", 7777), new Host("b", 7777)), uri.hosts());
  }

  @Test
  void fallsBackToTheSystemsUserAndALocalServer() {
    DatabaseUri uri = DatabaseUri.parse("postgresql://", Map.of("PGPORT", "1", "PGHOST", ""));
    assertEquals(System.getProperty("user.name"), uri.user());
    assertEquals(System.getProperty("user.name"), uri.database());
    assertEquals(List.of(new Host("localhost", 1)), uri.hosts());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://u%40x@h1:1,[::1]:2/a%2Fb%20c?sslmode=require&options=-c%20geqo%3Doff",
        "postgresql://u@%2Frun%2Fpg:5433/d%3Fx?application_name=a%26b",
        "postgresql://u@[fe80::1%25eth0]:5432/d?keepalives_idle=10"
      })
  void rebuildsAnEquivalentUri(String uri) {
    DatabaseUri read = parse(uri);
    String rebuilt = read.libpq().uri();
    assertEquals(read.toString(), parse(rebuilt).toString());
    assertEquals(rebuilt, parse(rebuilt).libpq().uri());
    assertEquals(read.jdbc().properties(), parse(rebuilt).jdbc().properties());
  }

  @Test
  void passesTheServersSettingsToDriverAndPrograms() {
    DatabaseUri uri =
        DatabaseUri.parse(
            "postgresql://u@h/d?search_path=a,+%22b+c%22&jit=off&geqo=&x.y=%5C&sslmode=require",
            Map.of("PGOPTIONS", "-c geqo=off"));
    String options = "-c geqo=off -c search_path=a,\\ \"b\\ c\" -c jit=off -c x.y=\\\\";
    assertEquals(options, uri.jdbc().properties().getProperty("options"));
    LibpqTarget target = uri.libpq();
    assertFalse(target.environment().containsKey("PGOPTIONS"), target::toString);
    assertEquals(
        options, parse(target.uri()).jdbc().properties().getProperty("options"), target::toString);
  }

  @Test
  void passesThePasswordToProgramsOnlyInTheEnvironment() {
    LibpqTarget target =
        DatabaseUri.parse(
                "postgresql://u:s3cret@h1,h2/d?sslmode=require&client_encoding=latin1",
                Map.of("PGCONNECT_TIMEOUT", "7", "PGSSLMODE", "disable", "PGTZ", "x"))
            .libpq(new Host("h2", 5432));
    assertEquals("postgresql://u@h2:5432/d?sslmode=require", target.uri());
    assertEquals(Map.of("PGPASSWORD", "s3cret", "PGCONNECT_TIMEOUT", "7"), target.environment());
  }

  /**
   * The source's password must never reach a host that a caller chooses, whichever setting contains
   * it.
   */
  @Test
  void usesNothingOfTheSourceForATarget(@TempDir Path home) throws IOException {
    Path passwords = Files.writeString(home.resolve(".pgpass"), "*:*:*:*:s3cret\n");
    Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
    Map<String, String> environment =
        Map.of(
            "HOME", home.toString(),
            "PGHOST", "source",
            "PGHOSTADDR", "10.0.0.1",
            "PGPORT", "7777",
            "PGUSER", "source",
            "PGDATABASE", "source",
            "PGPASSWORD", "s3cret",
            "PGPASSFILE", passwords.toString(),
            "PGSERVICE", "source",
            "PGSSLMODE", "require");
    for (String text : List.of("postgresql://u@h/d", "postgresql://u@h,h2/d")) {
      DatabaseUri target = DatabaseUri.parseTarget("--database", text, environment);
      assertEquals(Optional.empty(), target.password());
      assertNull(target.jdbc().properties().getProperty("password"));
      assertEquals("require", target.jdbc().properties().getProperty("sslmode"));
      for (DatabaseUri uri : List.of(target, target.withDatabase("other"))) {
        for (LibpqTarget libpq : List.of(uri.libpq(), uri.libpq(new Host("h", 5432)))) {
          assertEquals(
              Map.of("PGPASSFILE", "/dev/null/none", "PGSSLMODE", "require"), libpq.environment());
        }
      }
    }
    assertEquals(
        5432,
        DatabaseUri.parseTarget("--database", "postgresql://u@h/d", environment)
            .hosts()
            .getFirst()
            .port());
    DatabaseUri own = DatabaseUri.parseTarget("--database", "postgresql://u:own@h/d", environment);
    assertEquals("own", own.jdbc().properties().getProperty("password"));
    assertEquals("own", own.libpq().environment().get("PGPASSWORD"));
    DatabaseUri named =
        DatabaseUri.parseTarget(
            "--database", "postgresql://u@h/d?passfile=" + passwords, environment);
    assertEquals("s3cret", named.jdbc().properties().getProperty("password"));
    assertEquals("s3cret", named.libpq(new Host("h", 5432)).environment().get("PGPASSWORD"));
  }

  @Test
  void passesNoOtherVariableOfLibpqToAProgram() {
    Map<String, String> child =
        new HashMap<>(Map.of("PATH", "/bin", "PGSERVICE", "x", "PGHOSTADDR", "y", "LANG", "C"));
    parse("postgresql://u:s3cret@h/d").libpq().applyTo(child);
    assertEquals(Map.of("PATH", "/bin", "LANG", "C", "PGPASSWORD", "s3cret"), child);
  }

  @Test
  void switchesToAnotherDatabaseOfTheSameServer() {
    DatabaseUri other = parse("postgresql://u:p@h:1/d?sslmode=require").withDatabase("x y");
    assertEquals("postgresql://u@h:1/x y", other.toString());
    assertEquals("postgresql://u@h:1/x%20y?sslmode=require", other.libpq().uri());
    assertEquals("jdbc:postgresql://h:1/x+y", other.jdbc().url());
    assertEquals(Optional.of("p"), other.password());
  }

  @Test
  void showsNoSecret() {
    DatabaseUri uri = parse("postgresql://u:s3cret@h/d?application_name=s3cret");
    assertFalse(uri.toString().contains("s3cret"));
    assertFalse(uri.jdbc().toString().contains("s3cret"));
    assertFalse(uri.jdbc().url().contains("s3cret"));
    DatabaseUri other = parse("postgresql://u@h/d?password=s3cret");
    assertFalse(other.libpq().uri().contains("s3cret"));
    assertFalse(other.libpq().toString().contains("s3cret"));
  }
}
