package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.DatabaseUri;
import io.parsecbackup.parsec.ParsecSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * The Parsec server's own settings, by which a backup finds its source. Read anew on each call;
 * nothing is connected to.
 */
@ApplicationScoped
public class SourceSettings {

  /** May come from any of Quarkus's configuration sources, not from the environment alone. */
  private static final List<String> PARSEC_KEYS =
      List.of("PARSEC_DB", "PARSEC_BLOCKSTORE", "PARSEC_CMD_ARGS");

  private final Map<String, String> environment;

  public SourceSettings(Config config) {
    Map<String, String> values = new HashMap<>(System.getenv());
    for (String key : PARSEC_KEYS) {
      // Raw: a secret may hold what MicroProfile Config takes for an expression.
      Optional.ofNullable(config.getConfigValue(key).getRawValue())
          .ifPresent(value -> values.put(key, value));
    }
    this.environment = Map.copyOf(values);
  }

  /**
   * Where the database is.
   *
   * @throws Problem when {@code PARSEC_DB} is missing or wrong
   */
  public DatabaseUri database() {
    return ParsecSettings.db(environment)
        .map(value -> DatabaseUri.parse(value, environment))
        .orElseThrow(() -> missing("PARSEC_DB", "postgresql://user:password@host/parsec"));
  }

  /**
   * Where another database is. What its URI leaves open comes from the environment, as with the
   * source's.
   *
   * @param setting what holds the URI, for the message
   * @throws Problem of kind CONFIGURATION or NOT_SUPPORTED when it is wrong
   */
  public DatabaseUri database(String setting, String uri) {
    try {
      return DatabaseUri.parse(uri, environment);
    } catch (Problem e) {
      throw new Problem(e.kind(), String.valueOf(e.getMessage()).replace("PARSEC_DB", setting), e);
    }
  }

  /**
   * Where the blocks are.
   *
   * @throws Problem when {@code PARSEC_BLOCKSTORE} is missing, wrong, or of a kind that this
   *     version cannot back up
   */
  public Blockstore blockstore() {
    Optional<Blockstore> blockstore = ParsecSettings.blockstore(environment).map(Blockstore::parse);
    blockstore.ifPresent(Blockstore::requireSupported);
    return blockstore.orElseThrow(
        () -> missing("PARSEC_BLOCKSTORE", "s3:https\\://s3.example.com:region:bucket:key:secret"));
  }

  private static Problem missing(String key, String example) {
    return new Problem(
        Kind.CONFIGURATION,
        key
            + " is not set: give this program the Parsec server's own value, in its form "
            + example);
  }
}
