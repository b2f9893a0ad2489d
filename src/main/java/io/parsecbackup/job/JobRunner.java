package io.parsecbackup.job;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts jobs, one of each kind at a time; finds, cancels and stops those of this process. */
@ApplicationScoped
public class JobRunner {

  private static final Logger LOG = Logger.getLogger(JobRunner.class);

  /** A container that does not stop is killed after 10 to 30 seconds. */
  private static final Duration PATIENCE_AT_END = Duration.ofSeconds(10);

  /** The running job of one kind. */
  private static final class Slot {

    /** Held while a job is started. */
    final ReentrantLock starting = new ReentrantLock();

    final AtomicReference<@Nullable Job<?>> job = new AtomicReference<>();

    void release(Job<?> ended) {
      job.compareAndSet(ended, null);
    }
  }

  private final Map<JobKind, Slot> slots = new ConcurrentHashMap<>();
  private final ThreadFactory threads;
  private final Duration patienceAtEnd;
  private volatile boolean stopping;

  public JobRunner() {
    this(Thread.ofPlatform().factory(), PATIENCE_AT_END);
  }

  /**
   * @param threads makes the threads of jobs in the background
   * @param patienceAtEnd how long {@link #stop} waits
   */
  JobRunner(ThreadFactory threads, Duration patienceAtEnd) {
    this.threads = threads;
    this.patienceAtEnd = patienceAtEnd;
  }

  /** As {@link #start(JobStart, Cancellation)}; the job is cancelled by {@link Job#cancel} only. */
  public <D extends JobDocument> Job<D> start(JobStart<D> start) {
    return start(start, new Cancellation());
  }

  /**
   * Starts a job: it then holds the repository's lock and has an id. The caller makes it do its
   * work, see {@link Job}.
   *
   * @param cancellation cancels the job, also during its start
   * @throws Problem of kind HELD while a job of this kind runs in this process, or any job holds a
   *     conflicting lock on the repository; CANCELLED once the service stops; and any Problem of
   *     {@code start}
   */
  public <D extends JobDocument> Job<D> start(JobStart<D> start, Cancellation cancellation) {
    Slot slot = slots.computeIfAbsent(start.kind(), kind -> new Slot());
    slot.starting.lock();
    try {
      if (stopping) {
        throw stops();
      }
      Job<?> current = slot.job.get();
      if (current != null) {
        throw new Problem(
            Kind.HELD,
            current.kind()
                + " "
                + current.id()
                + " is running. Wait until it has ended, or cancel it; nothing was changed");
      }
      Job<D> job = open(start, cancellation, slot);
      slot.job.set(job);
      if (stopping) {
        job.close();
        throw stops();
      }
      return job;
    } finally {
      slot.starting.unlock();
    }
  }

  private static Problem stops() {
    return new Problem(
        Kind.CANCELLED, "the service is stopping: try again when it is running again");
  }

  private <D extends JobDocument> Job<D> open(
      JobStart<D> start, Cancellation cancellation, Slot slot) {
    try {
      RepositoryLocks.Held lock = start.lock();
      try {
        return new Job<>(
            start, lock, start.open(lock, cancellation), cancellation, threads, slot::release);
      } catch (Throwable e) {
        lock.close();
        throw e;
      }
    } catch (Throwable e) {
      throw JobFailure.problem("start of " + start.kind(), e);
    }
  }

  /** The running job of that kind. */
  public Optional<Job<?>> running(JobKind kind) {
    return Optional.ofNullable(slots.get(kind)).map(slot -> slot.job.get());
  }

  /** The documents of the running jobs, if they are of that type. */
  public <D extends JobDocument> List<D> running(Class<D> type) {
    return running().map(Job::document).filter(type::isInstance).map(type::cast).toList();
  }

  /** One of {@link #running(Class)}. */
  public <D extends JobDocument> Optional<D> find(Class<D> type, RunId id) {
    return running()
        .filter(job -> job.id().equals(id))
        .map(Job::document)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  /**
   * Asks one of {@link #running(Class)} to end.
   *
   * @return whether it is running
   */
  public boolean cancel(Class<? extends JobDocument> type, RunId id, String why) {
    Optional<Job<?>> found =
        running().filter(job -> job.id().equals(id) && type.isInstance(job.document())).findFirst();
    found.ifPresent(job -> job.cancel(why));
    return found.isPresent();
  }

  private Stream<Job<?>> running() {
    return slots.values().stream()
        .<Job<?>>mapMulti((slot, jobs) -> {
          Job<?> job = slot.job.get();
          if (job != null) {
            jobs.accept(job);
          }
        });
  }

  /** Runs {@link #stop()} at every end of the program. */
  void stopWith(
      @Observes(notifyObserver = Reception.IF_EXISTS) @BeforeDestroyed(ApplicationScoped.class)
          Object program) {
    stop();
  }

  /**
   * Starts no more jobs, and ends those that run: as failed, so that a schedule retries them.
   * Returns when the results of the jobs in the background are recorded, or after 10 seconds.
   */
  public void stop() {
    stopping = true;
    long end = System.nanoTime() + patienceAtEnd.toNanos();
    interruptAll();
    try {
      for (Map.Entry<JobKind, Slot> slot : slots.entrySet()) {
        awaitStart(slot.getKey(), slot.getValue(), end);
      }
      // Also the job of a start that had not seen the flag.
      for (Job<?> job : interruptAll()) {
        if (!job.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          LOG.errorf(
              "%s %s did not end in time; the next run removes its files", job.kind(), job.id());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Job<?>> interruptAll() {
    List<Job<?>> jobs = running().toList();
    jobs.forEach(job -> job.interrupt("the service was stopped"));
    return jobs;
  }

  /** A start may hang with the disk. A start that continues later sees that the service stops. */
  private static void awaitStart(JobKind kind, Slot slot, long end) throws InterruptedException {
    if (slot.starting.tryLock(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      slot.starting.unlock();
    } else {
      LOG.errorf("the start of %s did not end in time", kind);
    }
  }
}
