package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.postgres.connection.DatabaseUri;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts backups, one at a time; finds and cancels the one that runs. */
@ApplicationScoped
public class Backups {

  private static final Logger LOG = Logger.getLogger(Backups.class);

  /** A stopping service is killed soon, by containers after 10 to 30 seconds. */
  private static final Duration PATIENCE_AT_END = Duration.ofSeconds(10);

  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BackupRun.Tools tools;
  private final AtomicReference<@Nullable BackupRun> running = new AtomicReference<>();
  private volatile boolean stopping;
  private volatile @Nullable Thread background;

  public Backups(
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      DatabaseDumper dumper,
      BucketFetcher sync,
      BackupConfig config,
      Clock clock) {
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.tools = new BackupRun.Tools(dumper, sync, clock, config.runTimeout());
  }

  /**
   * Takes the repository and reserves the backup's id. The caller then has to {@link #execute} what
   * it gets.
   *
   * @throws Problem of kind HELD while another run of this or another process holds the repository;
   *     CONFIGURATION when a setting is wrong; CANCELLED once the service is stopping
   */
  public synchronized BackupRun start(Trigger trigger) {
    if (stopping) {
      throw new Problem(Kind.CANCELLED, "the service is stopping: ask again when it is up");
    }
    BackupRun current = running.get();
    if (current != null) {
      throw new Problem(
          Kind.HELD,
          "backup "
              + current.id()
              + " is running. Wait until it has ended, or cancel it; nothing was changed");
    }
    Blockstore blockstore = sourceSettings.blockstore();
    DatabaseUri database = sourceSettings.database();
    Repository repository = repositorySettings.repository();
    try {
      // Before the lock, whose file would be the first trace in a folder that is someone else's.
      repository.identity();
      RepositoryLock lock = repository.lock("a backup that is starting");
      try {
        repository.deadRuns().clear();
        DeadRunRecords.settle(repository);
        Workspace workspace = repository.reserve(tools.clock().instant());
        lock.describeHolder("backup " + workspace.id());
        BackupRun run =
            new BackupRun(tools, repository, lock, workspace, database, blockstore, trigger);
        running.set(run);
        return run;
      } catch (IOException | RuntimeException | Error e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  /** Takes the backup that {@link #start} has begun; returns when it has ended, however it ends. */
  public RunResult execute(BackupRun run) {
    LOG.infof("backup %s begins", run.id());
    try {
      RunResult result = run.execute();
      log(result);
      return result;
    } finally {
      running.compareAndSet(run, null);
    }
  }

  /** Starts a backup and takes it in a thread of its own. */
  public BackupRun startInBackground(Trigger trigger) {
    BackupRun run = start(trigger);
    try {
      background = Thread.ofPlatform().name("backup-" + run.id()).start(() -> execute(run));
    } catch (OutOfMemoryError e) {
      running.compareAndSet(run, null);
      run.abandon();
      throw new Problem(
          Kind.INTERNAL,
          "the machine gives no thread for the backup: raise the limit of processes. " + e,
          e);
    }
    return run;
  }

  /** Whatever ends the program: see {@link #stop()}. */
  void stopWith(
      @Observes(notifyObserver = Reception.IF_EXISTS) @BeforeDestroyed(ApplicationScoped.class)
          Object program) {
    stop();
  }

  /**
   * Starts no more backups, and ends the one that is taken in the background: as failed, so that
   * the schedule makes it up. Returns when that is written down, or after 10 seconds.
   */
  public void stop() {
    synchronized (this) {
      stopping = true;
    }
    Thread thread = background;
    running().ifPresent(run -> run.interrupt("the service was stopped"));
    try {
      if (thread != null && !thread.join(PATIENCE_AT_END)) {
        LOG.error("the backup has not ended in time; the next start clears up after it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void log(RunResult result) {
    Backup backup = result.backup();
    switch (backup.state()) {
      case COMPLETE -> LOG.infof("backup %s is %s", backup.id(), backup.stateInWords());
      case INCOMPLETE ->
          LOG.errorf("backup %s is published but incomplete: objects are missing", backup.id());
      case FAILED, CANCELLED, RUNNING ->
          LOG.errorf(
              "backup %s was not published: %s", backup.id(), backup.error().orElse("no reason"));
    }
    backup.warnings().forEach(warning -> LOG.warnf("backup %s: %s", backup.id(), warning));
  }

  /** The run that this process has going. */
  public Optional<BackupRun> running() {
    return Optional.ofNullable(running.get());
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

  /** The newest backups and runs, newest first; of the one that runs here, how it stands. */
  public List<Backup> newest(int most) throws IOException {
    return newest(most, id -> true, backup -> true);
  }

  /** The newest of those that both conditions let pass, newest first; no more of them are read. */
  public List<Backup> newest(int most, Predicate<RunId> ids, Predicate<Backup> backups)
      throws IOException {
    NavigableSet<RunId> all = catalog().ids();
    // Its record is written a moment after it has begun.
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
   * Writes how they ended into the records of runs that were killed, unless another process works
   * in the repository.
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
      LOG.warnf("what dead runs left is not cleared yet: %s", e.getMessage());
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

  /** One backup or run, with its progress while this process runs it. */
  public Optional<Backup> find(RunId id) throws IOException {
    BackupRun current = running.get();
    return current != null && current.id().equals(id)
        ? Optional.of(current.backup())
        : catalog().find(id);
  }

  /**
   * Does {@code action} with the run of this id.
   *
   * @return whether it is running here
   */
  public boolean ifRunning(RunId id, Consumer<BackupRun> action) {
    BackupRun current = running.get();
    if (current == null || !current.id().equals(id)) {
      return false;
    }
    action.accept(current);
    return true;
  }
}
