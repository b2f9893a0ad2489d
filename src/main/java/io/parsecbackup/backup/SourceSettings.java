package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.objectstore.storage.BucketLocation;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import io.parsecbackup.parsec.ParsecSettings;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.Repository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * Reads the Parsec server's own settings, which name the source of a backup. Connects to nothing.
 */
@ApplicationScoped
public class SourceSettings {

  /** Read from all of Quarkus's configuration sources, not only from the environment. */
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
   * The source database. libpq's variables and its password file apply, see {@link
   * DatabaseUri#parse}.
   *
   * @throws Problem if {@code PARSEC_DB} is missing or invalid
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
   * Another database, which a setting of this program names; see {@link DatabaseUri#parseTarget}.
   *
   * @param name the name of the setting
   * @throws Problem that names the setting if it is invalid
   */
  public Optional<DatabaseUri> database(String name) {
    return raw(config, name).filter(uri -> !uri.isBlank()).map(uri -> database(name, uri));
  }

  /**
   * Another database. It never gets the source's password; see {@link DatabaseUri#parseTarget}.
   *
   * @param name the setting or option that contains it, for messages
   * @throws Problem that names the setting or option if it is invalid
   */
  public DatabaseUri database(String name, String uri) {
    UnexpandedVariable.refuse(name, uri);
    return DatabaseUri.parseTarget(name, uri, environment);
  }

  /** The raw value: MicroProfile Config could take a part of a secret for an expression. */
  private static Optional<String> raw(Config config, String name) {
    return Optional.ofNullable(config.getConfigValue(name).getRawValue());
  }

  /**
   * The block store of the source.
   *
   * @throws Problem if {@code PARSEC_BLOCKSTORE} is missing, invalid, or of a kind that this
   *     version cannot back up
   */
  public Blockstore blockstore() {
    Optional<Blockstore> blockstore =
        ParsecSettings.blockstore(environment).map(SourceSettings::parse);
    blockstore.ifPresent(Blockstore::requireSupported);
    return blockstore.orElseThrow(
        () -> missing("PARSEC_BLOCKSTORE", "s3:https\\://s3.example.com:region:bucket:key:secret"));
  }

  /**
   * Does nothing if a repository is outside of the source's buckets, or no block store is set.
   *
   * @param setting that names the repository, for messages
   * @throws Problem of kind CONFIGURATION if it is in one of the buckets, with or without a prefix
   */
  public void requireOutside(String setting, Repository repository) {
    ParsecSettings.blockstore(environment).map(SourceSettings::parse).stream()
        .flatMap(blockstore -> blockstore.buckets().stream())
        .filter(bucket -> BucketLocation.isIn(repository.location(), bucket))
        .findFirst()
        .ifPresent(bucket -> {
          throw new Problem(
              Kind.CONFIGURATION,
              setting
                  + " names "
                  + repository.location()
                  + ", which is in the bucket of PARSEC_BLOCKSTORE: whoever can delete the"
                  + " server's blocks could delete their backup too. Use another bucket");
        });
  }

  private static Blockstore parse(String value) {
    UnexpandedVariable.refuse("PARSEC_BLOCKSTORE", value);
    return BlockstoreParser.parse(value);
  }

  /** The environment, whose libpq variables also apply to other URIs. */
  public Map<String, String> environment() {
    return environment;
  }

  private static Problem missing(String key, String example) {
    return new Problem(
        Kind.CONFIGURATION,
        key + " is not set: give this program the Parsec server's own value, such as " + example);
  }
}
