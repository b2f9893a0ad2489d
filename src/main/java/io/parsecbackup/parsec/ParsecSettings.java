package io.parsecbackup.parsec;

import static io.parsecbackup.Problem.Kind.CONFIGURATION;

import io.parsecbackup.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Finds the Parsec server's two settings in an environment: under their own names, else in {@code
 * PARSEC_CMD_ARGS}, which the server adds to its command line.
 *
 * <p>The server cuts {@code PARSEC_CMD_ARGS} at white space alone, so quotes and backslashes mean
 * nothing there, and then replaces {@code $NAME} and <code>${NAME}</code> in each piece; a name
 * that is not set stays as it stands.
 */
public final class ParsecSettings {

  private static final Logger LOG = Logger.getLogger(ParsecSettings.class);

  private static final String ARGUMENTS = "PARSEC_CMD_ARGS";

  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)})");

  private ParsecSettings() {}

  /**
   * The database's URI, not yet read.
   *
   * @throws Problem of kind CONFIGURATION when {@code PARSEC_CMD_ARGS} ends in an option that lacks
   *     its value
   */
  public static Optional<String> db(Map<String, String> environment) {
    return either(
        "PARSEC_DB", "--db", environment, last(options(environment, "--db", Optional.empty())));
  }

  /**
   * The block store's configurations, not yet read; those of several options are joined by a space.
   *
   * @throws Problem of kind CONFIGURATION when {@code PARSEC_CMD_ARGS} ends in an option that lacks
   *     its value
   */
  public static Optional<String> blockstore(Map<String, String> environment) {
    return either(
        "PARSEC_BLOCKSTORE",
        "--blockstore",
        environment,
        Optional.of(String.join(" ", options(environment, "--blockstore", Optional.of("-b"))))
            .filter(value -> !value.isBlank()));
  }

  /** The variable, with a warning where the server, which lets the argument win, sees another. */
  private static Optional<String> either(
      String variable, String option, Map<String, String> environment, Optional<String> argument) {
    Optional<String> named = named(variable, environment);
    if (named.isPresent() && argument.isPresent() && !named.equals(argument)) {
      LOG.warnf(
          "%s and %s in %s name different places: backups are taken of the first, while a Parsec"
              + " server with both uses the second. Take one of them out.",
          variable, option, ARGUMENTS);
    }
    return named.or(() -> argument);
  }

  private static Optional<String> named(String name, Map<String, String> environment) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  private static Optional<String> last(List<String> values) {
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(values.getLast()).filter(value -> !value.isBlank());
  }

  private static List<String> options(
      Map<String, String> environment, String name, Optional<String> shortName) {
    List<String> words =
        BlockstoreGrammar.splitAtWhiteSpace(environment.getOrDefault(ARGUMENTS, "")).stream()
            .map(word -> expand(word, environment))
            .toList();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(name) || shortName.filter(word::equals).isPresent()) {
        if (++i == words.size()) {
          throw new Problem(
              CONFIGURATION,
              ARGUMENTS + " ends in " + word + " without its value. Write " + word + " VALUE.");
        }
        values.add(words.get(i));
      } else if (word.startsWith(name + "=")) {
        values.add(word.substring(name.length() + 1));
      } else if (shortName.filter(word::startsWith).isPresent()) {
        values.add(word.substring(shortName.get().length()));
      }
    }
    return values;
  }

  private static String expand(String word, Map<String, String> environment) {
    return VARIABLE
        .matcher(word)
        .replaceAll(match -> {
          String name = match.group(1) == null ? match.group(2) : match.group(1);
          return Matcher.quoteReplacement(environment.getOrDefault(name, match.group()));
        });
  }
}
