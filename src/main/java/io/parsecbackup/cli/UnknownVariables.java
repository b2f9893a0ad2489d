package io.parsecbackup.cli;

import io.parsecbackup.backup.LaterSettings;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Variables of the environment that look like settings of this program and are none: nobody would
 * be told that a misspelt one does nothing.
 */
final class UnknownVariables {

  private static final String PREFIX = "PARSEC_BACKUP_";

  private static final Set<String> SETTINGS =
      Set.of(
          "REPOSITORY",
          "SCHEDULE",
          "TIME_ZONE",
          "RUN_TIMEOUT",
          "MAX_AGE",
          "PG_BIN",
          "DUMP_FORMAT",
          "DUMP_COMPRESSION",
          "DUMP_LOCK_WAIT_TIMEOUT",
          "SYNC_STRATEGY",
          "SYNC_LISTING_EVERY",
          "SYNC_CONCURRENCY",
          "SYNC_BANDWIDTH_LIMIT",
          "VERIFY_SCHEDULE",
          "VERIFY_SUBSET",
          "DRILL_SCHEDULE",
          "DRILL_DATABASE",
          "API_TOKEN",
          "API_TOKEN_FILE",
          "API_VIEWER_TOKEN",
          "API_VIEWER_TOKEN_FILE");

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
