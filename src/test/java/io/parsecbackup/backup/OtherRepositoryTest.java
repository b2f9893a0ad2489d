package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.TargetText;
import io.parsecbackup.testing.PlainCore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selecting another repository than the configured one. */
class OtherRepositoryTest {

  @TempDir Path folder;

  private RepositorySettings at(String text, Map<String, String> environment) {
    return new RepositorySettings(
            PlainCore.backupConfig(folder.resolve("configured")), PlainCore.storages())
        .at(new TargetText("--repository", text), environment);
  }

  @Test
  void readsThePlaceFromTheOptionAVariableOrAFile() throws Exception {
    Path copy = folder.resolve("copy");
    Path file = Files.writeString(folder.resolve("place"), copy + "\n");
    assertEquals(copy, Path.of(at(copy.toString(), Map.of()).repository().location()));
    assertEquals(copy, Path.of(at(copy.toUri().toString(), Map.of()).repository().location()));
    assertEquals(
        copy, Path.of(at("env:COPY", Map.of("COPY", copy.toString())).repository().location()));
    assertEquals(copy, Path.of(at("@" + file, Map.of()).repository().location()));
    assertFalse(Files.exists(copy), "nothing may be created");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3:https\\://h:r:bucket:key:S3CRET", "S3:h:r:bucket:key:S3CRET", "env:NOT_SET"})
  void refusesASecretInAnArgumentAndAVariableThatIsNotSet(String text) {
    Problem refused = assertThrows(Problem.class, () -> at(text, Map.of()));
    assertEquals(Problem.Kind.CONFIGURATION, refused.kind());
    assertTrue(String.valueOf(refused.getMessage()).startsWith("--repository "));
    assertFalse(String.valueOf(refused.getMessage()).contains("S3CRET"));
  }

  @Test
  void namesTheOptionInErrors() {
    Problem refused =
        assertThrows(
            Problem.class, () -> Path.of(at("relative", Map.of()).repository().location()));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("--repository is 'relative'"));
  }
}
