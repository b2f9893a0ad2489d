package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.DatabaseUri;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceSettingsTest {

  private static SourceSettings settings(Map<String, String> values) {
    return new SourceSettings(
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withSources(new PropertiesConfigSource(values, "test", 100))
            .build());
  }

  /** MicroProfile Config would take each of these for an expression. */
  @Test
  void takesASecretAsItStands() {
    SourceSettings settings =
        settings(
            Map.of(
                "PARSEC_DB", "postgresql://u:pa$$w${HOME}x$@host/parsec",
                "PARSEC_BLOCKSTORE", "s3:http\\://minio\\:9000:r:b:k:$${HOME}$\\\\${x}"));
    assertEquals(Optional.of("pa$$w${HOME}x$"), settings.database().password());
    assertEquals("$${HOME}$\\${x}", ((Blockstore.S3) settings.blockstore()).secretKey());
  }

  @Test
  void readsAnotherDatabaseAsTheSourcesAndNamesItsSetting() {
    String name = "parsec.backup.drill.database";
    SourceSettings settings = settings(Map.of(name, "postgresql://u:pa$$w${HOME}x$@other/scratch"));
    DatabaseUri database = settings.database(name).orElseThrow();
    assertEquals("other", database.hosts().getFirst().name());
    assertEquals(Optional.of("pa$$w${HOME}x$"), database.password());

    Problem problem =
        assertThrows(
            Problem.class,
            () -> settings(Map.of(name, "postgresql://u:S3CRET@h:x/d")).database(name));
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith(name + " "), message);
    assertFalse(message.contains("S3CRET"), message);
  }

  @Test
  void knowsOfNoOtherDatabaseWhereNoneIsNamed() {
    String name = "parsec.backup.drill.database";
    assertEquals(Optional.empty(), settings(Map.of()).database(name));
    assertEquals(Optional.empty(), settings(Map.of(name, " ")).database(name));
  }
}
