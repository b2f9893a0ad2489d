package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** Starts backups, and finds those that run or are in the repository. */
@ApplicationScoped
public class BackupService {

  private static final Logger LOG = Logger.getLogger(BackupService.class);

  private final JobRunner runner;
  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BackupTools tools;

  public BackupService(
      JobRunner runner,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BackupTools tools) {
    this.runner = runner;
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.tools = tools;
  }

  /**
   * Starts a backup: takes the repository and reserves the id. The caller has it do its work.
   *
   * @throws Problem of kind HELD while another job has the repository; CONFIGURATION when a setting
   *     is wrong; CANCELLED once the service stops
   */
  public Job<Backup> start(Trigger trigger) {
    Blockstore blockstore = sourceSettings.blockstore();
    BackupSource source = new BackupSource(sourceSettings.database(), blockstore);
    return runner.start(new BackupStart(tools, repositorySettings.repository(), source, trigger));
  }

  /** The backup that this process takes now. */
  public Optional<Job<?>> running() {
    return runner.running(BackupRun.KIND);
  }

  /**
   * The repository's backups and runs.
   *
   * @throws Problem when its format is newer than this program
   */
  public BackupCatalog catalog() {
    Repository repository = repositorySettings.repository();
    try {
      repository.requireKnownFormat();
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
    return new BackupCatalog(repository);
  }

  /** The newest backups and runs, newest first; one that runs here as it stands. */
  public List<Backup> newest(int most) throws IOException {
    return newest(most, id -> true, backup -> true);
  }

  /** The newest that match both conditions, newest first; it reads no more than needed. */
  public List<Backup> newest(int most, Predicate<RunId> ids, Predicate<Backup> backups)
      throws IOException {
    NavigableSet<RunId> all = catalog().ids();
    // It is recorded a moment after its start.
    running().ifPresent(run -> all.add(run.id()));
    List<Backup> newest = new ArrayList<>();
    for (RunId id : all) {
      if (newest.size() >= most) {
        break;
      }
      if (ids.test(id)) {
        find(id).filter(backups).ifPresent(newest::add);
      }
    }
    return newest;
  }

  /**
   * Clears up after runs that were killed, and records that they failed. Does nothing while another
   * process has the repository.
   */
  public void settle() {
    Repository repository = repositorySettings.repository();
    try {
      if (repository.identity().isEmpty()) {
        return;
      }
      try (RepositoryLock lock = repository.lock("a service that is starting")) {
        repository.deadRuns().clear();
        DeadRunRecords.settle(repository);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warnf("cannot clear up after runs that were killed: %s", e.getMessage());
    }
  }

  /** The repository's folder. */
  public Path place() {
    return repositorySettings.repository().root();
  }

  /** Bytes left on the repository's file system. */
  public long usableSpace() throws IOException {
    return repositorySettings.repository().usableSpace();
  }

  /** One backup or run; one that runs here with its progress. */
  public Optional<Backup> find(RunId id) throws IOException {
    Optional<Backup> here = runner.find(Backup.class, id);
    return here.isPresent() ? here : catalog().find(id);
  }

  /**
   * Asks a backup to end.
   *
   * @return whether it runs here
   */
  public boolean cancel(RunId id, String why) {
    return runner.cancel(Backup.class, id, why);
  }
}
