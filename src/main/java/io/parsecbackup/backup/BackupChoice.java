package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The backup that an operator selected.
 *
 * @param backup the content of its {@code backup.json}; empty if that file is damaged
 * @param damagedNewer newer backups that cannot be used because they are damaged
 * @param notices notices for the operator about the selected backup and newer ones
 */
public record BackupChoice(
    RunId id, Optional<Backup> backup, List<RunId> damagedNewer, List<String> notices) {

  /** Selects the newest complete backup. */
  public static final String LATEST = "latest";

  /**
   * Finds the backup with this id, or the newest complete one for {@value #LATEST}. The notices
   * name newer backups that are incomplete or damaged; these are never selected.
   *
   * @throws Problem of kind CONFIGURATION if {@code text} is neither an id nor {@value #LATEST},
   *     NOT_FOUND if no such backup was published
   */
  public static BackupChoice of(BackupCatalog catalog, String text) throws IOException {
    return text.equals(LATEST) ? latest(catalog) : named(catalog, text);
  }

  /**
   * Parses an id.
   *
   * @throws Problem of kind CONFIGURATION if {@code text} is not an id
   */
  public static RunId id(String text) {
    return RunId.parse(text)
        .orElseThrow(() ->
            new Problem(
                Kind.CONFIGURATION,
                (text.matches("[A-Za-z0-9-]{1,40}") ? "'" + text + "'" : "the value")
                    + " is not a backup id. Use an id such as 20261122T020000Z"));
  }

  /**
   * The content of {@code backup.json}.
   *
   * @throws Problem of kind REPOSITORY if that file is damaged
   */
  public Backup intact() {
    return backup.orElseThrow(() ->
        new Problem(
            Kind.REPOSITORY,
            "backup "
                + id
                + " is damaged: its backup.json is missing, or does not match its seal. Restore its"
                + " folder from a copy, or choose another backup; 'verify "
                + id
                + "' shows details"));
  }

  private static BackupChoice named(BackupCatalog catalog, String text) throws IOException {
    RunId id = id(text);
    if (catalog.wasPruned(id)) {
      throw new Problem(
          Kind.NOT_FOUND,
          "backup "
              + id
              + " was removed by the retention rules. Run 'list' to see which backups are kept");
    }
    if (!catalog.wasPublished(id)) {
      throw new Problem(Kind.NOT_FOUND, notFound("backup " + id));
    }
    Optional<Backup> backup = catalog.find(id);
    List<String> notices =
        backup.filter(found -> found.state() == JobState.INCOMPLETE).isPresent()
            ? List.of(
                "backup "
                    + id
                    + " is incomplete: objects are missing, and files that need them cannot be"
                    + " opened")
            : List.of();
    return new BackupChoice(id, backup, List.of(), notices);
  }

  private static BackupChoice latest(BackupCatalog catalog) throws IOException {
    Optional<Backup> latest = catalog.latest();
    String newest = latest.map(Backup::id).orElse("");
    List<String> notices = new ArrayList<>();
    List<RunId> damaged = new ArrayList<>();
    for (String id : catalog.damaged()) {
      if (id.compareTo(newest) > 0) {
        notices.add("the newer backup " + id + " is damaged");
        damaged.add(new RunId(id));
      }
    }
    catalog.published().stream()
        .filter(backup -> backup.state() == JobState.INCOMPLETE)
        .filter(backup -> backup.id().compareTo(newest) > 0)
        .forEach(backup -> notices.add("the newer backup " + backup.id() + " is incomplete"));
    if (latest.isEmpty()) {
      throw new Problem(
          Kind.NOT_FOUND,
          notFound("complete backup")
              + (notices.isEmpty() ? "" : " (" + String.join("; ", notices) + ")"));
    }
    return new BackupChoice(new RunId(newest), latest, List.copyOf(damaged), List.copyOf(notices));
  }

  private static String notFound(String what) {
    return "the repository has no " + what + ". Run 'list --all' to see what it has";
  }
}
