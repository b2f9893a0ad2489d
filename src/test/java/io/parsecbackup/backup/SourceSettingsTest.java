package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceSettingsTest {

  private static SourceSettings settings(Map<String, String> values) {
    return new SourceSettings(
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withSources(new PropertiesConfigSource(values, "test", 100))
            .build());
  }

  /**
   * As libpq does. A restore target may be someone else's server, so it gets none of these
   * variables.
   */
  @Test
  void usesTheVariablesOfLibpqForTheSourceOnly() {
    SourceSettings settings =
        new SourceSettings(
            new SmallRyeConfigBuilder().build(),
            Map.of(
                "PARSEC_DB", "postgresql:///parsec",
                "PGHOST", "db",
                "PGUSER", "backup",
                "PGPASSWORD", "S3CRET"));
    DatabaseUri source = settings.database();
    assertEquals("db", source.hosts().getFirst().name());
    assertEquals("backup", source.user());
    assertEquals(Optional.of("S3CRET"), source.password());
    DatabaseUri target = settings.database("--database", "postgresql://u@other/parsec");
    assertEquals(Optional.empty(), target.password());
  }

  /** MicroProfile Config would treat each of these as an expression. */
  @Test
  void readsASecretUnchanged() {
    SourceSettings settings =
        settings(
            Map.of(
                "PARSEC_DB", "postgresql://u:pa$$w${HOME}x$@host/parsec",
                "PARSEC_BLOCKSTORE", "s3:http\\://minio\\:9000:r:b:k:$${HOME}$\\\\${x}"));
    assertEquals(Optional.of("pa$$w${HOME}x$"), settings.database().password());
    assertEquals("$${HOME}$\\${x}", ((Blockstore.S3) settings.blockstore()).secretKey());
  }

  @Test
  void readsAnotherDatabaseLikeTheSourceAndNamesItsSetting() {
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
  void hasNoOtherDatabaseIfNoneIsConfigured() {
    String name = "parsec.backup.drill.database";
    assertEquals(Optional.empty(), settings(Map.of()).database(name));
    assertEquals(Optional.empty(), settings(Map.of(name, " ")).database(name));
  }

  /** Parsec's env files, given to systemd or {@code docker run}, which do not expand variables. */
  @ParameterizedTest
  @CsvSource({
    "PARSEC_BLOCKSTORE, s3:$RUSTFS_ADDRESS:$REGION:$BUCKET:$KEY:$SECRET, $RUSTFS_ADDRESS",
    "PARSEC_BLOCKSTORE, s3:http\\://$HOST\\:9000:r:b:k:s, $HOST",
    "PARSEC_BLOCKSTORE, s3:http\\://h\\:9000:r:b:k:${secret_key}, ${secret_key}",
    "PARSEC_BLOCKSTORE, RAID1:0:s3::r:b:k:s RAID1:1:$NODE_1, $NODE_1",
    "PARSEC_BLOCKSTORE, $PARSEC_S3, $PARSEC_S3",
    "PARSEC_DB, postgresql://$PG_USER:x@h/d, $PG_USER",
    "PARSEC_DB, postgresql://u:${pg_password}@h/d, ${pg_password}",
    "PARSEC_DB, postgresql://u:p@h:5432/$NAME?sslmode=require, $NAME",
    "PARSEC_DB, $DATABASE_URL, $DATABASE_URL",
  })
  void namesAVariableThatWasNotExpanded(String key, String value, String variable) {
    SourceSettings settings = settings(Map.of(key, value));
    Problem problem =
        assertThrows(
            Problem.class,
            () -> {
              if (key.equals("PARSEC_DB")) {
                settings.database();
              } else {
                settings.blockstore();
              }
            });
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith(key + " contains " + variable + ","), message);
    assertTrue(message.contains("systemd"), message);
  }
}
