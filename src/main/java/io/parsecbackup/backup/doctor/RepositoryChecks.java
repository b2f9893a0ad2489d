package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.LossAcceptance;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.JobState;
import io.parsecbackup.postgres.CommitHorizon;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Folders;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The doctor's checks of a repository that can be read and written.
 *
 * @param dumped whether backups contain a dump
 */
record RepositoryChecks(boolean dumped, Repository repository, Clock clock) {

  List<CheckResult> all() {
    List<CheckResult> found = new ArrayList<>(StorageChecks.of(repository.storage()));
    if (dumped) {
      found.add(CheckResult.examine("space", this::space));
    }
    found.add(backups());
    records().ifPresent(found::add);
    return found;
  }

  private String space() {
    try {
      OptionalLong last =
          new BackupCatalog(repository)
              .published().stream()
                  .flatMap(backup -> backup.dump().stream())
                  .mapToLong(Backup.DumpFile::bytes)
                  .findFirst();
      DatabaseDumper.requireSpace(Folders.nearestExisting(repository.storage().scratch()), last);
      return last.isEmpty()
          ? "there is no dump yet to estimate the size of the next one"
          : "there is enough space for another dump of the last one's size";
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  /** Reports damaged records of runs and jobs. Readers skip them; no backup depends on them. */
  private Optional<CheckResult> records() {
    try {
      List<String> damaged = new ArrayList<>(repository.runs().damaged());
      damaged.addAll(repository.checks().damaged());
      return damaged.isEmpty()
          ? Optional.empty()
          : Optional.of(
              CheckResult.note(
                  "records",
                  "skipped, because they cannot be read or do not match their seals: "
                      + String.join(", ", damaged)
                      + ". No backup needs them: remove them"));
    } catch (IOException e) {
      return Optional.of(CheckResult.failed("records", DiskFailures.read(e)));
    }
  }

  private CheckResult backups() {
    BackupCatalog catalog = new BackupCatalog(repository);
    try {
      List<String> damaged = catalog.damaged();
      if (!damaged.isEmpty()) {
        return CheckResult.failed(
            "backups",
            new Problem(
                Kind.REPOSITORY,
                "damaged, their backup.json cannot be read, or does not match its seal: "
                    + String.join(", ", damaged)
                    + ". Check the disk, and restore these folders from a copy or move them away"));
      }
      Optional<String> complete =
          catalog
              .latest()
              .map(latest ->
                  "the newest complete backup is "
                      + latest.id()
                      + ", "
                      + age(latest)
                      + " old"
                      + latest
                          .coveredUntil()
                          .map(at ->
                              ", and covers recovery targets up to "
                                  + CommitHorizon.recoveryTarget(at))
                          .orElse(""));
      Optional<Backup> newest = catalog.newestPublished();
      if (newest.isPresent() && newest.get().state() == JobState.INCOMPLETE) {
        return CheckResult.note(
            "backups",
            newest.get().incompleteAdvice()
                + ". "
                + complete.orElse("There is no complete backup yet")
                + accepted(newest.get()));
      }
      return complete.isPresent() && newest.isPresent()
          ? CheckResult.ok("backups", complete.get() + accepted(newest.get()))
          : CheckResult.note("backups", "no complete backup yet: run 'backup'");
    } catch (IOException e) {
      return CheckResult.failed("backups", DiskFailures.read(e));
    }
  }

  /** The number of accepted losses in the newest backup, and when the first loss was accepted. */
  private String accepted(Backup newest) throws IOException {
    long accepted = newest.objects().map(Backup.ObjectCounts::accepted).orElse(0L);
    if (accepted == 0) {
      return "";
    }
    String since =
        LossAcceptance.firstAcceptedAt(repository)
            .map(at -> " since " + at.truncatedTo(ChronoUnit.SECONDS))
            .orElse("");
    return "; accepted losses: " + accepted + since;
  }

  private String age(Backup backup) {
    Duration age =
        Duration.between(backup.snapshotAt().orElse(backup.startedAt()), clock.instant());
    if (age.toHours() >= 48) {
      return age.toDays() + " days";
    }
    return age.toMinutes() >= 120 ? age.toHours() + " hours" : age.toMinutes() + " minutes";
  }
}
