package io.parsecbackup.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The jobs that are recorded in the repository's {@code checks/}. */
public final class JobRecords {

  private static final Logger LOG = Logger.getLogger(JobRecords.class);

  private final Repository repository;
  private final CheckRecords checks;

  public JobRecords(Repository repository) {
    this.repository = repository;
    this.checks = repository.checks();
  }

  /** Writes the record of a job and replaces an earlier one. */
  void write(RunId id, JobKind kind, JobResult result) throws IOException {
    checks.write(new CheckRecords.Name(id, kind.word()), Json.of(result));
  }

  /**
   * The newest jobs, newest first.
   *
   * @param kind only jobs of this kind; all kinds if empty
   * @param running jobs of this process, which may have no record yet
   */
  public List<JobResult> newest(Optional<JobKind> kind, int most, List<JobResult> running)
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

  /** The job of this id. */
  public Optional<JobResult> find(RunId id) throws IOException {
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

  private Optional<JobResult> read(CheckRecords.Name name) throws IOException {
    try {
      Optional<ObjectNode> document = checks.read(name);
      if (document.isEmpty()) {
        return Optional.empty();
      }
      JobResult job = Json.read(document.get(), JobResult.class);
      // The record of a job whose process was killed still says that the job runs.
      return Optional.of(
          job.state() == JobState.RUNNING && !repository.isAlive(name.id()) ? job.killed() : job);
    } catch (JsonProcessingException e) {
      LOG.warnf("the record of job %s cannot be read: %s", name.id(), e.getOriginalMessage());
      return Optional.empty();
    }
  }
}
