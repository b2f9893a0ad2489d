package io.parsecbackup.restore;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.JobHistory;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobRecords;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.RepositoryLock;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Starts verifications, drills and restores, one of each kind at a time; finds and cancels them.
 */
@ApplicationScoped
public class Jobs {

  private static final Logger LOG = Logger.getLogger(Jobs.class);

  /** A stopping service is killed soon, by containers after 10 to 30 seconds. */
  private static final Duration PATIENCE_AT_END = Duration.ofSeconds(10);

  private final RepositorySettings repositorySettings;
  private final Verification verification;
  private final Drill drill;
  private final Restores restores;
  private final Clock clock;
  private final Duration limit;

  private final Map<JobKind, Job> running = new ConcurrentHashMap<>();
  private final Map<JobKind, Thread> background = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  public Jobs(
      RepositorySettings repositorySettings,
      Verification verification,
      Drill drill,
      Restores restores,
      BackupConfig config,
      Clock clock) {
    this.repositorySettings = repositorySettings;
    this.verification = verification;
    this.drill = drill;
    this.restores = restores;
    this.clock = clock;
    this.limit = config.runTimeout();
  }

  /**
   * Begins a verification, which the caller has to {@link #execute}.
   *
   * @param backup an id, or {@code latest}
   * @throws Problem of kind HELD while a backup is taken or another verification is going on;
   *     NOT_FOUND when there is no such backup; CONFIGURATION when a setting is wrong
   */
  public Job verification(String backup, Subset subset, Trigger trigger) {
    return begin(
        Verification.KIND,
        backup,
        trigger,
        Optional.of(subset),
        space -> verification.run(space, subset));
  }

  /** Begins a drill; as {@link #verification}. */
  public Job drill(String backup, Trigger trigger) {
    Drill.Place place = drill.place();
    return begin(Drill.KIND, backup, trigger, Optional.empty(), space -> drill.run(space, place));
  }

  /** Begins a restore; as {@link #verification}. Its targets are read before anything else. */
  public Job restore(String backup, RestoreRequest request, Trigger trigger) {
    RestoreTarget target = restores.target(request);
    return begin(
        Restores.KIND, backup, trigger, Optional.empty(), space -> restores.run(space, target));
  }

  /**
   * Starts a verification in a thread of its own.
   *
   * @return the job's id
   */
  public String startVerification(String backup, Subset subset, Trigger trigger) {
    return inBackground(verification(backup, subset, trigger)).id().text();
  }

  /**
   * Starts a drill in a thread of its own.
   *
   * @return the job's id
   */
  public String startDrill(String backup, Trigger trigger) {
    return inBackground(drill(backup, trigger)).id().text();
  }

  private synchronized Job begin(
      JobKind kind, String backup, Trigger trigger, Optional<Subset> subset, Job.Work work) {
    if (stopping) {
      throw new Problem(Kind.CANCELLED, "the service is stopping: ask again when it is up");
    }
    Job current = running.get(kind);
    if (current != null) {
      throw new Problem(
          Kind.HELD,
          kind.word()
              + " "
              + current.id()
              + " is running. Wait until it has ended, or cancel it; nothing was changed");
    }
    Repository repository = repositorySettings.repository();
    try {
      repository.requireKnownFormat();
      RepositoryLock lock = repository.lockShared(kind.word() + " that is starting");
      try {
        // Under the lock: what is chosen must not be pruned before it is read.
        BackupChoice choice = BackupChoice.of(new BackupCatalog(repository), backup);
        JobScratch scratch = repository.openScratch(clock.instant());
        lock.describeHolder(kind.word() + " " + scratch.id());
        JobReport report = new JobReport(scratch.id().text(), kind, Optional.of(trigger), clock);
        subset.map(Subset::toString).ifPresent(report::readsBack);
        report.about(choice.id().text());
        choice.notices().forEach(report::warn);
        JobSpace space = new JobSpace(repository, choice, scratch, report, new Cancellation());
        Job job = new Job(kind, space, lock, work, limit);
        running.put(kind, job);
        return job;
      } catch (IOException | RuntimeException | Error e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  /** Does the work of a job that was begun; returns when it has ended, however it ends. */
  public JobEnd execute(Job job) {
    LOG.infof("%s %s begins", job.kind().word(), job.id());
    try {
      JobEnd end = job.execute();
      log(end.result());
      return end;
    } finally {
      running.remove(job.kind(), job);
    }
  }

  /** Does the work of a job that was begun in a thread of its own. */
  public Job inBackground(Job job) {
    String name = job.kind().word() + "-" + job.id();
    try {
      background.put(job.kind(), Thread.ofPlatform().name(name).start(() -> execute(job)));
    } catch (OutOfMemoryError e) {
      running.remove(job.kind(), job);
      job.abandon();
      throw new Problem(
          Kind.INTERNAL,
          "the machine gives no thread for the job: raise the limit of processes. " + e,
          e);
    }
    return job;
  }

  private static void log(JobResult result) {
    result
        .warnings()
        .forEach(warning -> LOG.warnf("%s %s: %s", result.kind(), result.id(), warning));
    switch (result.state()) {
      case COMPLETE -> LOG.infof("%s %s is done: no problems found", result.kind(), result.id());
      case INCOMPLETE ->
          LOG.errorf(
              "%s %s is done, problems found: %d, the first: %s (%s)",
              result.kind(),
              result.id(),
              result.findings().size() + result.furtherFindings().orElse(0L),
              result.findings().getFirst().key(),
              result.findings().getFirst().problem());
      case FAILED, CANCELLED, RUNNING ->
          LOG.errorf(
              "%s %s has failed: %s",
              result.kind(), result.id(), result.error().orElse("no reason"));
    }
  }

  /** The recorded jobs of that kind, and one that runs here. */
  public JobHistory history(JobKind kind) {
    return new JobHistory(most -> newest(kind, most));
  }

  public boolean isRunning(JobKind kind) {
    return running.containsKey(kind);
  }

  /** The newest jobs of that kind, newest first; of one that runs here, how it stands. */
  public List<JobResult> newest(JobKind kind, int most) throws IOException {
    return records().newest(Optional.of(kind), most, running(Optional.of(kind)));
  }

  /** The newest jobs, newest first; of those that run here, how they stand. */
  public List<JobResult> newest(int most) throws IOException {
    return records().newest(Optional.empty(), most, running(Optional.empty()));
  }

  /** One job, with its progress while this process runs it. */
  public Optional<JobResult> find(RunId id) throws IOException {
    for (Job job : running.values()) {
      if (job.id().equals(id)) {
        return Optional.of(job.result());
      }
    }
    return records().find(id);
  }

  /**
   * Asks the job of this id to end.
   *
   * @return whether it is running here
   */
  public boolean cancel(RunId id, String why) {
    Optional<Job> job = running.values().stream().filter(one -> one.id().equals(id)).findFirst();
    job.ifPresent(one -> one.cancel(why));
    return job.isPresent();
  }

  /** Those that this process runs. */
  public List<JobResult> running() {
    return running(Optional.empty());
  }

  /** Whether a verification has found objects damaged that no backup has seen to since. */
  public boolean knowsDamage() throws IOException {
    return repositorySettings.repository().damagedObjects().isAny();
  }

  private List<JobResult> running(Optional<JobKind> kind) {
    return running.values().stream()
        .filter(job -> kind.isEmpty() || kind.get() == job.kind())
        .map(Job::result)
        .toList();
  }

  private JobRecords records() {
    return new JobRecords(repositorySettings.repository());
  }

  /** Whatever ends the program: see {@link #stop()}. */
  void stopWith(
      @Observes(notifyObserver = Reception.IF_EXISTS) @BeforeDestroyed(ApplicationScoped.class)
          Object program) {
    stop();
  }

  /**
   * Starts no more jobs, and ends those in the background: as failed, so that a schedule makes them
   * up. Returns when that is written down, or after 10 seconds.
   */
  public void stop() {
    synchronized (this) {
      stopping = true;
    }
    List<Thread> threads = List.copyOf(background.values());
    running.values().forEach(job -> job.interrupt("the service was stopped"));
    long end = System.nanoTime() + PATIENCE_AT_END.toNanos();
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          LOG.errorf("%s has not ended in time; the next run clears up after it", thread.getName());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
