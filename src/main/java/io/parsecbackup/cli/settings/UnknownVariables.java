package io.parsecbackup.cli.settings;

import io.parsecbackup.backup.LaterSettings;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Variables of the environment that look like settings of this program and are none: nobody would
 * be told that a misspelt one does nothing.
 */
final class UnknownVariables {

  private static final String PREFIX = "PARSEC_BACKUP_";

  private static final Set<String> SETTINGS =
      KnownSettings.DEFAULTS.keySet().stream()
          .map(key -> key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
          .collect(Collectors.toUnmodifiableSet());

  /** What Kubernetes sets in every container for a Service whose name begins with ours. */
  private static final Pattern SERVICE =
      Pattern.compile("(.*?)(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_.*)?)");

  private UnknownVariables() {}

  /** Those among {@code variables}, in the order of their names. */
  static List<String> among(Collection<String> variables) {
    return variables.stream()
        .filter(variable -> variable.startsWith(PREFIX))
        .filter(variable -> !SETTINGS.contains(variable.substring(PREFIX.length())))
        .filter(variable -> !isOfService(variable, variables))
        .filter(variable -> !LaterSettings.isOne(variable))
        .sorted()
        .toList();
  }

  private static boolean isOfService(String variable, Collection<String> variables) {
    Matcher service = SERVICE.matcher(variable);
    return service.matches() && variables.contains(service.group(1) + "SERVICE_HOST");
  }
}
