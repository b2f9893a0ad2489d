package io.parsecbackup.postgres.connection;

import static io.parsecbackup.Problem.Kind.CONFIGURATION;

import io.parsecbackup.Problem;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * libpq's parameters, each from the URI or else from its environment variable. An empty value
 * counts as none. It has no {@code toString}, because values may be secret.
 */
final class ConnectionSettings {

  static final String SETTING = "PARSEC_DB";

  private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9_.-]{1,24}");

  private final Map<ConnectionParameter, String> uri;
  private final Map<ConnectionParameter, String> environment;

  ConnectionSettings(LibpqUri.Content content, Map<String, String> environmentVariables) {
    this.uri = new EnumMap<>(ConnectionParameter.class);
    this.environment = new EnumMap<>(ConnectionParameter.class);
    content.parameters().forEach((parameter, value) -> put(this.uri, parameter, value));
    if (uri.getOrDefault(ConnectionParameter.PORT, "").matches(",+")) {
      // Hosts without ports take PGPORT, as a single one does.
      uri.remove(ConnectionParameter.PORT);
    }
    for (ConnectionParameter parameter : ConnectionParameter.values()) {
      if (!this.uri.containsKey(parameter)) {
        parameter
            .variable()
            .map(environmentVariables::get)
            .ifPresent(value -> put(environment, parameter, value));
      }
    }
    if (!content.serverSettings().isEmpty()) {
      Stream<String> before = get(ConnectionParameter.OPTIONS).stream();
      Stream<String> settings =
          content.serverSettings().entrySet().stream()
              .map(setting -> "-c " + setting.getKey() + "=" + escaped(setting.getValue()));
      uri.put(
          ConnectionParameter.OPTIONS,
          Stream.concat(before, settings).collect(Collectors.joining(" ")));
      environment.remove(ConnectionParameter.OPTIONS);
    }
  }

  /** The server cuts its options at white space that no backslash stands before. */
  private static String escaped(String value) {
    return value.replaceAll("([\\s\\\\])", "\\\\$1");
  }

  private static void put(
      Map<ConnectionParameter, String> map, ConnectionParameter parameter, String value) {
    if (!value.isEmpty()) {
      map.put(parameter, value);
    }
  }

  Optional<String> get(ConnectionParameter parameter) {
    return Optional.ofNullable(uri.get(parameter))
        .or(() -> Optional.ofNullable(environment.get(parameter)));
  }

  /** What the URI itself says. */
  Map<ConnectionParameter, String> fromUri() {
    return uri;
  }

  /** What only the environment says. */
  Map<ConnectionParameter, String> fromEnvironment() {
    return environment;
  }

  /** A parameter that stands there and cannot be followed. */
  Problem refused(ConnectionParameter parameter, String why) {
    return new Problem(CONFIGURATION, nameOf(parameter) + " " + why);
  }

  /** A value outside a parameter's list; it is shown when it looks like a word of such a list. */
  Problem notAmong(ConnectionParameter parameter, String value, String right) {
    String shown = SHOWABLE.matcher(value).matches() ? " \"" + value + "\"" : " a value";
    return refused(parameter, "has" + shown + " that is not known. Right is " + right + ".");
  }

  private String nameOf(ConnectionParameter parameter) {
    return uri.containsKey(parameter)
        ? SETTING + ": the parameter " + parameter.keyword()
        : SETTING + ": the environment variable " + parameter.variable().orElse("");
  }

  /** A URI that is wrong as a whole. */
  static Problem wrong(String what) {
    return new Problem(CONFIGURATION, SETTING + " " + what);
  }
}
