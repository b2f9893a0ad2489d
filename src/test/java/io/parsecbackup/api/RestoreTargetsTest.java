package io.parsecbackup.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.api.access.ApiConfig;
import io.parsecbackup.api.problem.BadRequest;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreTargetsTest {

  private record Settings(Optional<String> restoreTargets) implements ApiConfig {
    @Override
    public Optional<String> token() {
      return Optional.empty();
    }

    @Override
    public Optional<Path> tokenFile() {
      return Optional.empty();
    }

    @Override
    public Optional<String> viewerToken() {
      return Optional.empty();
    }

    @Override
    public Optional<Path> viewerTokenFile() {
      return Optional.empty();
    }
  }

  private static RestoreTargets targets(String text) {
    return new RestoreTargets(new Settings(Optional.of(text)));
  }

  @Test
  void acceptsListedTargetsOnly() {
    RestoreTargets targets = targets(" env:RESTORE_DB\t@/run/secrets/db\n@/a ");
    targets.require();
    assertEquals("@/run/secrets/db", targets.named("database", "@/run/secrets/db").text());
    for (String other : new String[] {"env:restore_db", "@/run/secrets/", "@/a/", "", "@/a @/b"}) {
      assertThrows(BadRequest.class, () -> targets.named("database", other), other);
    }
    RestoreTargets none = new RestoreTargets(new Settings(Optional.empty()));
    none.require();
    assertThrows(BadRequest.class, () -> none.named("database", "env:RESTORE_DB"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env:A postgresql://u:s3cr3t@h/d",
        "s3:e:r:b:k:s3cr3t",
        "@relative/s3cr3t",
        "env:",
        "env:A,env:s3cr3t",
        "@"
      })
  void refusesAWordThatIsNotAReferenceWithoutRepeatingIt(String text) {
    Problem problem = assertThrows(Problem.class, () -> targets(text).require());
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith("parsec.backup.api.restore-targets"), message);
    assertFalse(message.contains("s3cr3t"), message);
    assertThrows(BadRequest.class, () -> targets(text).named("database", text));
  }
}
