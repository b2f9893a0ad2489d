package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import io.parsecbackup.parsec.ParsecSettings;
import io.parsecbackup.postgres.connection.DatabaseUri;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
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

  private final Config config;
  private final Map<String, String> environment;

  @Inject
  public SourceSettings(Config config) {
    this(config, System.getenv());
  }

  SourceSettings(Config config, Map<String, String> variables) {
    this.config = config;
    Map<String, String> values = new HashMap<>(variables);
    for (String key : PARSEC_KEYS) {
      raw(config, key).ifPresent(value -> values.put(key, value));
    }
    this.environment = Map.copyOf(values);
  }

  /**
   * Where the database is; libpq's variables and a password file count, see {@link
   * DatabaseUri#parse}.
   *
   * @throws Problem when {@code PARSEC_DB} is missing or wrong
   */
  public DatabaseUri database() {
    return ParsecSettings.db(environment)
        .map(value -> {
          UnexpandedVariable.refuse("PARSEC_DB", value);
          return DatabaseUri.parse(value, environment);
        })
        .orElseThrow(() -> missing("PARSEC_DB", "postgresql://user:password@host/parsec"));
  }

  /**
   * Where another database is, by a setting of ours; see {@link DatabaseUri#parseTarget}.
   *
   * @param name the setting's
   * @throws Problem that names the setting when it is wrong
   */
  public Optional<DatabaseUri> database(String name) {
    return raw(config, name).filter(uri -> !uri.isBlank()).map(uri -> database(name, uri));
  }

  /**
   * Where another database is. It never gets the source's password; see {@link
   * DatabaseUri#parseTarget}.
   *
   * @param name of the setting or option that holds it, for messages
   * @throws Problem that names it when it is wrong
   */
  public DatabaseUri database(String name, String uri) {
    UnexpandedVariable.refuse(name, uri);
    return DatabaseUri.parseTarget(name, uri, environment);
  }

  /** A secret may hold what MicroProfile Config takes for an expression. */
  private static Optional<String> raw(Config config, String name) {
    return Optional.ofNullable(config.getConfigValue(name).getRawValue());
  }

  /**
   * Where the blocks are.
   *
   * @throws Problem when {@code PARSEC_BLOCKSTORE} is missing, wrong, or of a kind that this
   *     version cannot back up
   */
  public Blockstore blockstore() {
    Optional<Blockstore> blockstore =
        ParsecSettings.blockstore(environment).map(SourceSettings::parse);
    blockstore.ifPresent(Blockstore::requireSupported);
    return blockstore.orElseThrow(
        () -> missing("PARSEC_BLOCKSTORE", "s3:https\\://s3.example.com:region:bucket:key:secret"));
  }

  private static Blockstore parse(String value) {
    UnexpandedVariable.refuse("PARSEC_BLOCKSTORE", value);
    return BlockstoreParser.parse(value);
  }

  /** The environment by which other URIs are read too: libpq's variables stand in it. */
  public Map<String, String> environment() {
    return environment;
  }

  private static Problem missing(String key, String example) {
    return new Problem(
        Kind.CONFIGURATION,
        key
            + " is not set: give this program the Parsec server's own value, in its form "
            + example);
  }
}
