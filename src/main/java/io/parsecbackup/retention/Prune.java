package io.parsecbackup.retention;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Counted;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.job.JobLog;
import io.parsecbackup.job.JobPhase;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Removes the backups that no rule keeps, then the objects that no kept backup refers to, then old
 * records. Each step can be interrupted; the next prune completes it.
 */
final class Prune {

  private final Repository repository;
  private final RepositoryLocks.Held lock;
  private final PruneRequest request;
  private final JobScratch scratch;
  private final JobReport report;
  private final Cancellation cancellation;
  private final PruneCounts counts = new PruneCounts();

  Prune(
      Repository repository,
      RepositoryLocks.Held lock,
      PruneRequest request,
      JobScratch scratch,
      JobReport report,
      Cancellation cancellation) {
    this.repository = repository;
    this.lock = lock;
    this.request = request;
    this.scratch = scratch;
    this.report = report;
    this.cancellation = cancellation;
  }

  void run(Instant now) throws IOException {
    report.enter(JobPhase.FILES);
    Map<RunId, Backup> backups = new HashMap<>();
    for (Backup backup : new BackupCatalog(repository).published()) {
      backups.put(new RunId(backup.id()), backup);
    }
    List<JobResult.Decision> decisions = decide(backups);
    report.decided(decisions);
    decisions.forEach(this::log);
    Set<RunId> removed = new HashSet<>();
    decisions.stream()
        .filter(decision -> !decision.keep())
        .forEach(decision -> removed.add(new RunId(decision.backup())));
    removeBackups(removed, backups);
    report.removed(counts.result());
    if (request.objects().isPresent()) {
      report.enter(JobPhase.OBJECTS);
      List<RunId> complete =
          backups.entrySet().stream()
              .filter(backup -> backup.getValue().state() == JobState.COMPLETE)
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      new ObjectPruning(repository, lock, scratch, report, counts, cancellation)
          .run(kept(removed), request.objects().get(), complete, request.dryRun());
    }
    new RecordThinning(repository, cancellation).thin(now, request.dryRun(), counts);
    report.removed(counts.result());
    describe();
  }

  /** What the rules need to know of these backups. */
  static List<RetentionRules.Candidate> candidates(List<Backup> backups) {
    List<RetentionRules.Candidate> candidates = new ArrayList<>();
    for (Backup backup : backups) {
      RunId id = new RunId(backup.id());
      candidates.add(
          new RetentionRules.Candidate(
              id, BackupCatalog.date(backup, id), backup.state() == JobState.COMPLETE));
    }
    return candidates;
  }

  private List<JobResult.Decision> decide(Map<RunId, Backup> backups) throws IOException {
    List<JobResult.Decision> decisions = new ArrayList<>();
    for (RetentionRules.Decision decision :
        request.rules().decide(candidates(List.copyOf(backups.values())))) {
      RetentionRules.Candidate backup = decision.backup();
      Optional<String> refusal =
          decision.keep() ? Optional.empty() : repository.prunedBackups().refusal(backup.id());
      refusal.ifPresent(why ->
          report.warn(
              "backup "
                  + backup.id()
                  + " is kept although no rule keeps it: "
                  + why
                  + ". Restore the file from a copy of the repository"));
      decisions.add(
          new JobResult.Decision(
              backup.id().text(),
              Optional.of(backup.date()),
              decision.keep() || refusal.isPresent(),
              refusal.map(List::of).orElse(decision.rules())));
    }
    for (RunId id : repository.published().ids()) {
      if (!backups.containsKey(id)) {
        decisions.add(
            new JobResult.Decision(
                id.text(), Optional.empty(), true, List.of("its backup.json is damaged")));
      }
    }
    return decisions;
  }

  private void log(JobResult.Decision decision) {
    if (!decision.keep()) {
      JobLog.LOG.infof(
          request.dryRun() ? "prune %s would remove backup %s: %s" : "prune %s: backup %s: %s",
          scratch.id(),
          decision.backup(),
          String.join(", ", decision.rules()));
    } else {
      JobLog.LOG.debugf(
          "prune %s keeps backup %s: %s",
          scratch.id(), decision.backup(), String.join(", ", decision.rules()));
    }
  }

  private void removeBackups(Set<RunId> ids, Map<RunId, Backup> backups) throws IOException {
    Set<RunId> refused = new HashSet<>();
    if (!request.dryRun()) {
      // A killed prune may have left files, and so do runs whose key may not delete.
      counts.refused(repository.prunedBackups().clear(cancellation));
      counts.refused(repository.removedObjects().clear(cancellation));
      lock.requireHeld();
      counts.refused(repository.deadRuns().clearUnpublished(cancellation));
      counts.refused(repository.damagedObjects().removeHandled());
      counts.refused(repository.compactions().removeOlder());
      lock.requireHeld();
      Set<RunId> kept = new HashSet<>(backups.keySet());
      kept.removeAll(ids);
      repository.prunedBackups().keep(kept);
      refused.addAll(
          repository.prunedBackups().remove(ids.stream().sorted().toList(), cancellation));
      counts.refused(refused.size() + repository.prunedBackups().clear(cancellation));
    }
    for (RunId id : ids) {
      if (!refused.contains(id)) {
        counts.backup(
            Optional.ofNullable(backups.get(id))
                .flatMap(Backup::dump)
                .map(Backup.DumpFile::bytes)
                .orElse(0L));
      }
    }
  }

  /** The backups that stay, whole or damaged. */
  private List<RunId> kept(Set<RunId> removed) throws IOException {
    return repository.published().ids().stream()
        .filter(id -> !request.dryRun() || !removed.contains(id))
        .toList();
  }

  private void describe() {
    JobResult.Removed all = counts.result();
    if (all.refused() > 0) {
      report.warn(
          "the storage refused to delete "
              + Counted.of(all.refused(), "file or folder", "files or folders")
              + ": its Object Lock or the rights of the key forbid it. The next prune tries again");
    }
  }
}
