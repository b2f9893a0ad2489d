package io.parsecbackup.backup.parts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupRun;
import io.parsecbackup.backup.Progress;
import io.parsecbackup.backup.PublishedFiles;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.JobWork;
import io.parsecbackup.objectstore.fetch.PartFetcher;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Proves and publishes a planned backup whose parts are done. */
final class JoinWork implements JobWork<Backup> {

  private static final Logger LOG = Logger.getLogger(JoinWork.class);

  private final BackupRun run;
  private final Repository repository;
  private final Workspace workspace;
  private final PlannedBackup planned;
  private final List<ObjectNode> parts;
  private final Encryption encryption;

  /**
   * @param parts the documents of all parts, in their order
   */
  JoinWork(
      BackupRun run,
      Repository repository,
      Workspace workspace,
      PlannedBackup planned,
      List<ObjectNode> parts,
      Encryption encryption) {
    this.run = run;
    this.repository = repository;
    this.workspace = workspace;
    this.planned = planned;
    this.parts = parts;
    this.encryption = encryption;
  }

  @Override
  public RunId id() {
    return run.id();
  }

  @Override
  public Backup document() {
    return run.document();
  }

  @Override
  public Backup run(Cancellation cancellation) throws IOException {
    ObjectNode plan = planned.plan().document();
    Map<String, Path> ofPlan = new StepFiles(repository.storage(), Layout.plan(id())).local(plan);
    PlannedBackup.count(plan, run.progress());
    List<Map<String, Path>> ofParts = new ArrayList<>();
    for (int part = 0; part < parts.size(); part++) {
      ofParts.add(
          new StepFiles(repository.storage(), Layout.part(id(), part)).local(parts.get(part)));
      PlannedBackup.count(parts.get(part), run.progress());
    }
    List<Map<String, Path>> steps = new ArrayList<>(List.of(ofPlan));
    steps.addAll(ofParts);
    workspace.join(
        planned.staged(),
        steps.stream()
            .flatMap(files -> Optional.ofNullable(files.get(PartFetcher.STORED)).stream())
            .toList());
    run.progress().enter(Progress.Phase.SYNC);
    PublishedFiles files = new PublishedFiles(encryption, new LinkedHashMap<>());
    files.addList(run.parts().prove(ofPlan, ofParts, cancellation));
    Backup backup = run.publish(files.digests(), planned.damagedSegments(), cancellation);
    removePlan();
    return backup;
  }

  /** The backup is published: the next run removes what this one cannot. */
  private void removePlan() {
    try {
      repository.plans().deleteAllButPlan(id());
    } catch (IOException | RuntimeException e) {
      LOG.warnf("cannot remove the plan of backup %s; the next run will remove it: %s", id(), e);
    }
  }

  @Override
  public Backup ended(JobState state, Problem problem) {
    return run.ended(state, problem);
  }

  @Override
  public void clear() throws IOException {
    workspace.close();
  }

  /** Of a run that is not published nothing is recorded: it is still planned. */
  @Override
  public void record(Backup ended) throws IOException {
    if (ended.state().isDone()) {
      run.record(ended);
    }
  }

  @Override
  public void log(Backup ended) {
    run.log(ended);
  }
}
