package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.parsec.Blockstore;
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
}
