package io.parsecbackup.cli.settings;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The settings of this program, their defaults, and which command uses which. */
final class KnownSettings {

  static final String PREFIX = "parsec.backup.";

  /** Keys without {@link #PREFIX}; an empty default means that the setting may be unset. */
  static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("repository", ""),
          Map.entry("repository-prefix", ""),
          Map.entry("cache", ""),
          Map.entry("copies", ""),
          Map.entry("copy.schedule", "after-backup"),
          Map.entry("schedule", "0 2 * * *"),
          Map.entry("time-zone", "UTC"),
          Map.entry("run-timeout", "24h"),
          Map.entry("max-age", ""),
          Map.entry("pg-bin", ""),
          Map.entry("dump.format", "custom"),
          Map.entry("dump.jobs", ""),
          Map.entry("dump.compression", "auto"),
          Map.entry("dump.lock-wait-timeout", "5m"),
          Map.entry("restore.jobs", ""),
          Map.entry("sync.strategy", "references"),
          Map.entry("sync.listing-every", "7d"),
          Map.entry("sync.concurrency", ""),
          Map.entry("sync.bandwidth-limit", ""),
          Map.entry("verify.schedule", "30 4 * * *"),
          Map.entry("verify.subset", "1/30"),
          Map.entry("drill.schedule", "off"),
          Map.entry("drill.database", ""),
          Map.entry("encryption.recipients", ""),
          Map.entry("encryption.identity-file", ""),
          Map.entry("retention.keep-last", "7"),
          Map.entry("retention.keep-daily", "7"),
          Map.entry("retention.keep-weekly", "4"),
          Map.entry("retention.keep-monthly", "12"),
          Map.entry("retention.keep-yearly", "0"),
          Map.entry("retention.objects", "keep"),
          Map.entry("api.token", ""),
          Map.entry("api.token-file", ""),
          Map.entry("api.viewer-token", ""),
          Map.entry("api.viewer-token-file", ""),
          Map.entry("api.restore-targets", ""));

  private static final String IDENTITY = "encryption.identity-file";

  private static final String RESTORE_JOBS = "restore.jobs";

  private static final Set<String> PLACE = Set.of("repository", "repository-prefix", "cache");

  private static final Set<String> JOB = Set.of("pg-bin", "run-timeout");

  /** Of jobs that read the repository, which may be in a bucket. */
  private static final Set<String> READER = Set.of("pg-bin", "run-timeout", "sync.bandwidth-limit");

  private static final Set<String> COPY = Set.of("copies", "run-timeout");

  /** Of the jobs that follow a backup. */
  private static final Predicate<String> FOLLOW_UPS =
      key ->
          Set.of("time-zone", "copies", "copy.schedule").contains(key)
              || key.startsWith("retention.");

  private KnownSettings() {}

  /** The default of {@code key}; empty if it is not a key of this program. */
  static Optional<String> defaultOf(String key) {
    return key.startsWith(PREFIX)
        ? Optional.ofNullable(DEFAULTS.get(key.substring(PREFIX.length())))
        : Optional.empty();
  }

  /**
   * The keys that {@code command} uses, without {@link #PREFIX}. An invalid value of another key
   * does not end the command.
   */
  static Predicate<String> usedBy(String command) {
    Predicate<String> place = PLACE::contains;
    return place.or(usedBesidesThePlaceBy(command));
  }

  private static Predicate<String> usedBesidesThePlaceBy(String command) {
    return switch (command) {
      case "list" -> "copies"::equals;
      case "show" -> key -> false;
      case "accept" -> IDENTITY::equals;
      case "prune" ->
          key ->
              Set.of("time-zone", "run-timeout", IDENTITY).contains(key)
                  || key.startsWith("retention.");
      case "verify" -> key -> READER.contains(key) || key.equals(IDENTITY);
      case "drill" ->
          key ->
              READER.contains(key)
                  || key.equals(IDENTITY)
                  || key.equals(RESTORE_JOBS)
                  || key.equals("drill.database");
      case "restore" ->
          key ->
              JOB.contains(key)
                  || key.equals(IDENTITY)
                  || key.equals(RESTORE_JOBS)
                  || key.startsWith("sync.");
      case "copy" -> key -> COPY.contains(key) || key.startsWith("sync.");
      case "backup", "adopt" ->
          key ->
              JOB.contains(key)
                  || key.startsWith("sync.")
                  || key.startsWith("dump.")
                  || key.equals("encryption.recipients")
                  // For the prune that follows a backup, and for an adopted dump that is encrypted.
                  || key.equals(IDENTITY)
                  || (command.equals("backup") && FOLLOW_UPS.test(key));
      // The service and the doctor use all settings, and a new command may too.
      default -> key -> true;
    };
  }
}
