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
 * counts as not set. There is no {@code toString}, because values may be secret.
 */
final class ConnectionSettings {

  private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9_.-]{1,24}");

  private final UriSetting setting;
  private final Map<ConnectionParameter, String> uri;
  private final Map<ConnectionParameter, String> environment;

  ConnectionSettings(
      UriSetting setting, LibpqUri.Content content, Map<String, String> environmentVariables) {
    this.setting = setting;
    this.uri = new EnumMap<>(ConnectionParameter.class);
    this.environment = new EnumMap<>(ConnectionParameter.class);
    content.parameters().forEach((parameter, value) -> put(this.uri, parameter, value));
    if (uri.getOrDefault(ConnectionParameter.PORT, "").matches(",+")) {
      // Hosts without ports use PGPORT, as a single host does.
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
              .map(entry -> "-c " + entry.getKey() + "=" + escaped(entry.getValue()));
      uri.put(
          ConnectionParameter.OPTIONS,
          Stream.concat(before, settings).collect(Collectors.joining(" ")));
      environment.remove(ConnectionParameter.OPTIONS);
    }
  }

  /** The server splits its options at white space that is not escaped by a backslash. */
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

  /** The parameters that the URI sets. */
  Map<ConnectionParameter, String> fromUri() {
    return uri;
  }

  /** The parameters that only the environment sets. */
  Map<ConnectionParameter, String> fromEnvironment() {
    return environment;
  }

  /** The error for a parameter that cannot be used. */
  Problem refused(ConnectionParameter parameter, String why) {
    return new Problem(CONFIGURATION, nameOf(parameter) + " " + why);
  }

  /**
   * The error for a value that a parameter does not allow. The value is shown only if it looks like
   * a keyword: anything else may be a piece of a password.
   *
   * @param allowed the allowed values, in words
   */
  Problem notAmong(ConnectionParameter parameter, String value, String allowed) {
    String shown = SHOWABLE.matcher(value).matches() ? " \"" + value + "\"" : " a value";
    return refused(parameter, "has" + shown + " that is not allowed. Set it to " + allowed + ".");
  }

  private String nameOf(ConnectionParameter parameter) {
    return uri.containsKey(parameter)
        ? setting.name() + ": the parameter " + parameter.keyword()
        : setting.name() + ": the environment variable " + parameter.variable().orElse("");
  }

  /**
   * The error for a URI that is wrong as a whole.
   *
   * @param what the rest of the sentence that begins with the setting's name
   */
  Problem wrong(String what) {
    return setting.wrong(what);
  }

  /** The setting or option that holds the URI. */
  UriSetting setting() {
    return setting;
  }
}
