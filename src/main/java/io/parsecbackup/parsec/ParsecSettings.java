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
 * <p>The server splits {@code PARSEC_CMD_ARGS} at white space only, so quotes and backslashes have
 * no meaning there. It then replaces {@code $NAME} and <code>${NAME}</code> in each word; the name
 * of a variable that is not set stays as it is.
 */
public final class ParsecSettings {

  private static final Logger LOG = Logger.getLogger(ParsecSettings.class);

  private static final String ARGUMENTS = "PARSEC_CMD_ARGS";

  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)})");

  private ParsecSettings() {}

  /**
   * The database's URI, not parsed yet.
   *
   * @throws Problem of kind CONFIGURATION when {@code PARSEC_CMD_ARGS} ends in an option without
   *     its value
   */
  public static Optional<String> db(Map<String, String> environment) {
    return either(
        "PARSEC_DB", "--db", environment, last(options(environment, "--db", Optional.empty())));
  }

  /**
   * The block store's configurations, not parsed yet. Those of several options are joined by
   * spaces.
   *
   * @throws Problem of kind CONFIGURATION when {@code PARSEC_CMD_ARGS} ends in an option without
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

  /** The variable, with a warning if the argument, which the server prefers, is different. */
  private static Optional<String> either(
      String variable, String option, Map<String, String> environment, Optional<String> argument) {
    Optional<String> named = named(variable, environment);
    if (named.isPresent() && argument.isPresent() && !named.equals(argument)) {
      LOG.warnf(
          "%s and %s in %s have different values: backups use the first, but a Parsec server with"
              + " both uses the second. Remove one of them.",
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
