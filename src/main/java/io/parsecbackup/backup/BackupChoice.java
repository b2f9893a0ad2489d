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
 * The backup that an operator means.
 *
 * @param backup what it says of itself; empty where its {@code backup.json} is damaged
 * @param damagedNewer backups after it that cannot be taken, since they are damaged
 * @param notices what has to be said of backups that are newer than the chosen one
 */
public record BackupChoice(
    RunId id, Optional<Backup> backup, List<RunId> damagedNewer, List<String> notices) {

  /** The word for the newest complete backup. */
  public static final String LATEST = "latest";

  /**
   * The backup of that id, or with {@value #LATEST} the newest complete one. Newer ones that are
   * incomplete or damaged are named, never taken.
   *
   * @throws Problem of kind CONFIGURATION when {@code text} is neither, NOT_FOUND when there is no
   *     such published backup
   */
  public static BackupChoice of(BackupCatalog catalog, String text) throws IOException {
    return text.equals(LATEST) ? latest(catalog) : named(catalog, text);
  }

  /**
   * The id written as {@code text}.
   *
   * @throws Problem of kind CONFIGURATION when it is none
   */
  public static RunId id(String text) {
    return RunId.parse(text)
        .orElseThrow(() ->
            new Problem(
                Kind.CONFIGURATION,
                (text.matches("[A-Za-z0-9-]{1,40}") ? "'" + text + "'" : "what is given")
                    + " is no backup's id: those look like 20261122T020000Z"));
  }

  /**
   * What the backup says of itself.
   *
   * @throws Problem of kind REPOSITORY when it is damaged
   */
  public Backup whole() {
    return backup.orElseThrow(() ->
        new Problem(
            Kind.REPOSITORY,
            "backup "
                + id
                + " is damaged: its backup.json is gone, or does not match its seal. 'verify "
                + id
                + "' says more; bring its folder back from a copy, or choose another one"));
  }

  private static BackupChoice named(BackupCatalog catalog, String text) throws IOException {
    RunId id = id(text);
    if (!catalog.wasPublished(id)) {
      throw new Problem(Kind.NOT_FOUND, lacks("backup " + id));
    }
    Optional<Backup> backup = catalog.find(id);
    List<String> notices =
        backup.filter(found -> found.state() == JobState.INCOMPLETE).isPresent()
            ? List.of(
                "backup "
                    + id
                    + " is incomplete: its source lacked objects, and files that need them will not"
                    + " open")
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
          lacks("complete backup")
              + (notices.isEmpty() ? "" : " (" + String.join("; ", notices) + ")"));
    }
    return new BackupChoice(new RunId(newest), latest, List.copyOf(damaged), List.copyOf(notices));
  }

  private static String lacks(String what) {
    return "the repository has no " + what + ". 'list --all' shows what it has";
  }
}
