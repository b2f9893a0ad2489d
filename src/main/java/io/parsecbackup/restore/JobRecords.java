package io.parsecbackup.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The jobs that the repository's {@code checks/} know of. */
final class JobRecords {

  private static final Logger LOG = Logger.getLogger(JobRecords.class);

  private final Repository repository;
  private final CheckRecords checks;

  JobRecords(Repository repository) {
    this.repository = repository;
    this.checks = repository.checks();
  }

  /**
   * The newest ones, newest first.
   *
   * @param running of this process, which have no record yet
   */
  List<JobResult> newest(Optional<JobKind> kind, int most, List<JobResult> running)
      throws IOException {
    List<JobResult> newest = new ArrayList<>(running);
    for (CheckRecords.Name name : checks.names()) {
      if (newest.size() >= most + running.size()) {
        break;
      }
      if (kind.isEmpty() || kind.get().word().equals(name.kind())) {
        read(name).filter(job -> !isAmong(running, job)).ifPresent(newest::add);
      }
    }
    return newest.stream()
        .sorted(Comparator.comparing(JobResult::id).reversed())
        .limit(most)
        .toList();
  }

  /** One of them. */
  Optional<JobResult> find(RunId id) throws IOException {
    for (CheckRecords.Name name : checks.names()) {
      if (name.id().equals(id)) {
        return read(name);
      }
    }
    return Optional.empty();
  }

  private static boolean isAmong(List<JobResult> running, JobResult job) {
    return running.stream().anyMatch(one -> one.id().equals(job.id()));
  }

  /** One whose record says that it runs, and whose process is gone. */
  private static JobResult killed(JobResult job) {
    return new JobResult(
        job.id(),
        job.kind(),
        BackupState.FAILED,
        job.backup(),
        job.trigger(),
        job.startedAt(),
        Optional.empty(),
        job.subset(),
        job.checked(),
        job.findings(),
        Optional.of(
            "it ended without a word: the process was killed or the machine went down. No backup"
                + " was touched; start it again"),
        job.warnings());
  }

  private Optional<JobResult> read(CheckRecords.Name name) throws IOException {
    try {
      var document = checks.read(name);
      if (document.isEmpty()) {
        return Optional.empty();
      }
      JobResult job = BackupJson.MAPPER.treeToValue(document.get(), JobResult.class);
      return Optional.of(
          job.state() == BackupState.RUNNING && !repository.isAlive(name.id()) ? killed(job) : job);
    } catch (JsonProcessingException e) {
      LOG.warnf("the record of job %s is none: %s", name.id(), e.getOriginalMessage());
      return Optional.empty();
    }
  }
}
