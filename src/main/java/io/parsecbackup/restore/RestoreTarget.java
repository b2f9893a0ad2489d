package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.TargetText;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import io.parsecbackup.postgres.connection.DatabaseUri;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The targets of a restore.
 *
 * @param database empty if only objects are restored
 * @param blockstore empty if only the database is restored
 * @param allObjects whether to send also objects that the dump does not refer to
 */
record RestoreTarget(
    Optional<DatabaseUri> database,
    Optional<Blockstore> blockstore,
    boolean replace,
    boolean dryRun,
    boolean allObjects) {

  /** Parameters of a connection URI that contain a secret. */
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile("[?&](ssl)?password=[^&]", Pattern.CASE_INSENSITIVE);

  /**
   * Parses the targets of {@code request}. Connects to nothing.
   *
   * @throws Problem of kind CONFIGURATION if one is invalid, or contains a secret that other users
   *     could read
   */
  static RestoreTarget of(RestoreRequest request, SourceSettings settings) {
    Optional<DatabaseUri> database = Optional.empty();
    if (request.part().hasDatabase()) {
      database =
          Optional.of(
              request
                  .database()
                  .map(text -> database(text, settings))
                  .orElseGet(settings::database));
    }
    Optional<Blockstore> blockstore = Optional.empty();
    if (request.part().hasObjects()) {
      blockstore =
          Optional.of(
              request
                  .blockstore()
                  .map(text -> blockstore(text, settings.environment()))
                  .orElseGet(settings::blockstore));
    }
    return new RestoreTarget(
        database, blockstore, request.replace(), request.dryRun(), request.allObjects());
  }

  private static DatabaseUri database(TargetText text, SourceSettings settings) {
    String value = text.value(settings.environment());
    if (!text.isNamed()
        && (SECRET_PARAMETER.matcher(value).find()
            || DatabaseUri.parseTarget(text.option(), value, Map.of()).password().isPresent())) {
      throw secret(
          text, ", or write postgresql://user@host/name?passfile=/path with a password file");
    }
    return settings.database(text.option(), value);
  }

  private static Blockstore blockstore(TargetText text, Map<String, String> environment) {
    Blockstore blockstore =
        parse(text, "PARSEC_BLOCKSTORE", BlockstoreParser::parse, text.value(environment));
    if (!text.isNamed() && !(blockstore instanceof Blockstore.Postgresql)) {
      throw secret(text, "");
    }
    parse(
        text,
        "PARSEC_BLOCKSTORE",
        store -> {
          blockstore.requireSupported();
          return store;
        },
        "");
    return blockstore;
  }

  /** Names the option in errors, not the setting that has the same form. */
  private static <T> T parse(
      TargetText text, String setting, Function<String, T> parser, String value) {
    try {
      return parser.apply(value);
    } catch (Problem e) {
      throw new Problem(e.kind(), String.valueOf(e.getMessage()).replace(setting, text.option()));
    }
  }

  private static Problem secret(TargetText text, String example) {
    return new Problem(
        Kind.CONFIGURATION,
        text.option()
            + " holds a secret, and every user of this machine can read arguments. Pass it as"
            + " env:NAME or @file"
            + example);
  }
}
