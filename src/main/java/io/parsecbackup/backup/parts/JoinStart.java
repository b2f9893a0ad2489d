package io.parsecbackup.backup.parts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupJson;
import io.parsecbackup.backup.BackupRun;
import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.DeadRunRecords;
import io.parsecbackup.backup.Progress;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobStart;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.plan.Plan;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the last step of a planned backup, under the repository's lock. */
record JoinStart(BackupTools tools, Repository repository, SourceSettings settings)
    implements JobStart<Backup> {

  @Override
  public JobKind kind() {
    return BackupRun.KIND;
  }

  @Override
  public Optional<Duration> limit() {
    return Optional.of(tools.jobSettings().limit());
  }

  @Override
  public RepositoryLocks.Held lock() throws IOException {
    repository.requireKnownFormat();
    PlannedBackup.newest(repository);
    return repository.lockPlanned("a join that is starting");
  }

  @Override
  public JobWork<Backup> open(RepositoryLocks.Held lock, Cancellation cancellation)
      throws IOException {
    Plan plan = PlannedBackup.newest(repository);
    RunId id = plan.id();
    if (!repository.plans().isOpen(id)) {
      // The process that has published it may have been killed after that.
      DeadRunRecords.complete(repository, lock);
      repository.plans().deleteAllButPlan(id);
      return new FinishedWork<>(id, "the join", published(id));
    }
    List<ObjectNode> parts = parts(plan);
    lock.describeHolder("the join of backup " + id);
    PlannedBackup planned = new PlannedBackup(plan);
    Progress progress = new Progress(tools.clock());
    Workspace workspace = repository.openPlanned(lock, id);
    return new JoinWork(
        new BackupRun(
            tools,
            repository,
            workspace,
            new BackupSource(settings.database(), settings.blockstore()),
            progress,
            planned.report(tools.clock(), progress)),
        repository,
        workspace,
        planned,
        parts,
        tools.dumper().encryption());
  }

  private Backup published(RunId id) {
    return repository
        .published()
        .document(id)
        .flatMap(BackupJson::fromJson)
        .orElseThrow(() ->
            new Problem(
                Kind.REPOSITORY,
                "backup " + id + " was published, and its backup.json cannot be read now"));
  }

  /** The documents of all parts. */
  private List<ObjectNode> parts(Plan plan) {
    List<ObjectNode> parts = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (int part = 0; part < plan.parts(); part++) {
      Optional<ObjectNode> document =
          new Documents(repository.storage()).sealed(Layout.partJson(plan.id(), part));
      document.ifPresent(parts::add);
      if (document.isEmpty()) {
        missing.add(Integer.toString(part));
      }
    }
    if (!missing.isEmpty()) {
      throw new Problem(
          Kind.REPOSITORY,
          "backup "
              + plan.id()
              + " was not published, because these of its "
              + plan.parts()
              + " parts are not done: "
              + String.join(", ", missing)
              + ". Run 'backup --part I' for each of them, then 'backup --join'");
    }
    return parts;
  }
}
