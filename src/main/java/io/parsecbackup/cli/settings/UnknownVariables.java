package io.parsecbackup.cli.settings;

import io.parsecbackup.backup.UnsupportedSettings;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds environment variables that look like settings of this program but are not. Without this a
 * misspelt setting would be ignored silently.
 */
final class UnknownVariables {

  private static final String PREFIX = "PARSEC_BACKUP_";

  private static final Set<String> SETTINGS =
      KnownSettings.DEFAULTS.keySet().stream()
          .map(key -> key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
          .collect(Collectors.toUnmodifiableSet());

  /** Variables that Kubernetes sets for a Service whose name starts with parsec-backup. */
  private static final Pattern SERVICE =
      Pattern.compile("(.*?)(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_.*)?)");

  private UnknownVariables() {}

  /** The unknown ones of {@code variables}, sorted. */
  static List<String> among(Collection<String> variables) {
    return variables.stream()
        .filter(variable -> variable.startsWith(PREFIX))
        .filter(variable -> !SETTINGS.contains(variable.substring(PREFIX.length())))
        .filter(variable -> !isOfService(variable, variables))
        .filter(variable -> !UnsupportedSettings.isOne(variable))
        .sorted()
        .toList();
  }

  private static boolean isOfService(String variable, Collection<String> variables) {
    Matcher service = SERVICE.matcher(variable);
    return service.matches() && variables.contains(service.group(1) + "SERVICE_HOST");
  }
}
