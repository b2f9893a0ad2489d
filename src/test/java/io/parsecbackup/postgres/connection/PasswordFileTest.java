package io.parsecbackup.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordFileTest {

  private static final String CONTENT =
      """
      # a comment:
      h1:5432:d:u:first
      h1:*:*:v:any\\:p\\\\w
      [nonsense
      localhost:5432:*:*:socket
      ::1:1:d:u:not read: colons need a backslash
      \\:\\:1:5432:d:u:six:more
      h2:5432:d:u:first
      h3:5432:d:u:other
      """;

  @TempDir Path home;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(home.resolve(".pgpass"), CONTENT);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private String password(String uri, Map<String, String> environment) {
    return DatabaseUri.parse(uri, environment).jdbc().properties().getProperty("password", "");
  }

  private String password(String uri) {
    return password(uri, Map.of("HOME", home.toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://u@h1/d,             first",
    "postgresql://u@h1/other,         ''",
    "postgresql://v@h1:77/x,          any:p\\w",
    "postgresql://u@[::1]/d,          six:more",
    "postgresql://u@%2Frun%2Fpostgresql/d, socket",
    "'postgresql://u@h1,h2/d',        first",
    "postgresql://u:uri@h1/d,         uri",
    "postgresql://u@h9/d,             ''"
  })
  void findsThePasswordAsLibpqDoes(String uri, String expected) {
    assertEquals(expected, password(uri));
  }

  @Test
  void readsTheConfiguredFile() throws IOException {
    Path other = Files.move(file, home.resolve("other"));
    assertEquals("", password("postgresql://u@h1/d"));
    assertEquals("first", password("postgresql://u@h1/d?passfile=" + other));
    assertEquals("first", password("postgresql://u@h1/d", Map.of("PGPASSFILE", other.toString())));
  }

  @Test
  void ignoresAFileThatOthersCanRead() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertEquals("", password("postgresql://u@h1/d"));
  }

  @Test
  void refusesDifferentPasswordsForSeveralHosts() {
    Problem problem = assertThrows(Problem.class, () -> password("postgresql://u@h1,h3/d"));
    String message = String.valueOf(problem.getMessage());
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(message.contains(file.toString()), message);
    assertFalse(message.contains("first") || message.contains("other "), message);
  }
}
