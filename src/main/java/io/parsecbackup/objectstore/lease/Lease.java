package io.parsecbackup.objectstore.lease;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.bucket.WriteGuard;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.lease.LeaseDocument.Holder;
import io.parsecbackup.objectstore.lease.LeaseObject.State;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * A lease that is held. One thread renews it; another notices when it was not renewed in time, also
 * while a renewal hangs. A lost lease stays lost.
 */
final class Lease implements RepositoryLocks.Held {

  private static final Logger LOG = Logger.getLogger(Lease.class);
  private static final int ATTEMPTS = 10;

  /** Of {@link LeaseObject#pause}: about a second. */
  private static final int LONGEST_PAUSE = 20;

  private final LeaseObject object;
  private final LeaseTimes times;
  private final String token;
  private final ScheduledExecutorService threads;

  /** Held while the lock's object is changed: threads do not compete. */
  private final ReentrantLock changing = new ReentrantLock();

  private final Loss loss = new Loss();
  private final Clock clock;
  private final Runnable onClose;
  private final AtomicReference<Optional<ShownJob>> shown = new AtomicReference<>(Optional.empty());
  private volatile Renewal renewal;

  /**
   * When the request that took or renewed the lease was made, by two clocks: one never jumps, but
   * stands still while the machine is suspended.
   */
  record Renewal(long nanos, Instant wall) {

    static Renewal now(Clock clock) {
      return new Renewal(System.nanoTime(), clock.instant());
    }
  }

  /**
   * @param taken when the request that took the lease was made
   * @param onClose called when the lease is not needed any more
   */
  Lease(
      LeaseObject object,
      LeaseTimes times,
      String token,
      Clock clock,
      Renewal taken,
      Runnable onClose) {
    this.object = object;
    this.times = times;
    this.token = token;
    this.clock = clock;
    this.onClose = onClose;
    this.renewal = taken;
    this.threads =
        Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("repository-lease-", 0).factory());
    long beat = times.heartbeat().toMillis();
    threads.scheduleWithFixedDelay(this::beat, beat, beat, TimeUnit.MILLISECONDS);
    threads.scheduleWithFixedDelay(this::watch, beat, beat, TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      renew(UnaryOperator.identity());
    } catch (IOException | RuntimeException e) {
      // Until the lease runs out there are more tries.
      LOG.debugf("The lease of %s was not renewed: %s", object.location(), e.getMessage());
    }
  }

  private void watch() {
    if (System.nanoTime() - renewal.nanos() > times.patience().toNanos()) {
      loss.happened(
          "the lock of the repository was lost: the lease of "
              + object.location()
              + " could not be renewed for "
              + times.patience().toSeconds()
              + " s");
    }
  }

  /**
   * Renews the lease and changes its holder. Repeats that while the server does not answer, until
   * the lease is lost or the work is cancelled: a long run must not end because of a short fault.
   */
  private void renewPatiently(UnaryOperator<Holder> change) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        renew(change);
        return;
      } catch (IOException | TransferException e) {
        if (!LeaseObject.isTemporary(e)
            || loss.isWorkCancelled()
            || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.debugf("The lease of %s was not renewed: %s", object.location(), e.getMessage());
      }
      LeaseObject.pause(Math.min(attempt, LONGEST_PAUSE));
    }
  }

  private void renew(UnaryOperator<Holder> change) throws IOException {
    renew(change, document -> true);
  }

  /**
   * Renews the lease and changes its holder, unless the lock forbids it.
   *
   * @return whether it is allowed
   */
  private boolean renew(UnaryOperator<Holder> change, Predicate<LeaseDocument> allowed)
      throws IOException {
    changing.lock();
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        // Before each write: this process may have been stopped for a long time.
        watch();
        loss.requireNone();
        if (loss.isClosed()) {
          return true;
        }
        Renewal began = Renewal.now(clock);
        State state = object.read();
        if (!allowed.test(state.document())) {
          return false;
        }
        Optional<Holder> own = state.document().holder(token);
        if (own.isEmpty()) {
          loss.happened("the lock of the repository was lost: another run has taken it over");
          loss.requireNone();
        } else if (object.write(
            state.document().with(change.apply(own.get().renewed(state.now()))), state)) {
          renewal = began;
          return true;
        }
        LeaseObject.pause(attempt);
      }
    } finally {
      changing.unlock();
    }
    throw new IOException(object.location() + " was changed by others at each attempt");
  }

  @Override
  public void describeHolder(String holder) {
    try {
      renew(own -> own.describedAs(holder + ", process " + ProcessHandle.current().pid()));
    } catch (IOException | Problem e) {
      LOG.debugf("The holder was not written to %s: %s", object.location(), e.getMessage());
    }
  }

  @Override
  public void announce(RunId id) throws IOException {
    renewPatiently(own -> own.announcing(id));
  }

  /** An exclusive holder has no other beside it, and what it announces can be revoked. */
  @Override
  public boolean claim(RunId id) throws IOException {
    return renew(
        own -> own.exclusive() ? own : own.announcing(id),
        document ->
            document.holders().stream()
                .noneMatch(holder ->
                    !holder.token().equals(token) && holder.run().equals(Optional.of(id))));
  }

  @Override
  public Cancellation.Hook cancelWhenLost(Cancellation cancellation) {
    return loss.cancels(cancellation);
  }

  @Override
  public Optional<Problem> lost() {
    watch();
    return loss.problem();
  }

  /**
   * Checks without a request that this process still has the lock, see {@link WriteGuard#check}.
   * That the lease was renewed a moment ago does not prove it: the process may have been stopped
   * since then.
   */
  void requireFresh() {
    watch();
    loss.requireNone();
    Duration age = Duration.between(renewal.wall(), clock.instant());
    if (age.compareTo(times.patience()) > 0 && !loss.isClosed()) {
      // The machine was suspended, or its clock was set. The server knows.
      threads.execute(this::beat);
      throw new TransferException(
          TransferException.Kind.TEMPORARY,
          "the clock of this machine has moved by "
              + age.toSeconds()
              + " s, and the lock was not renewed since then");
    }
  }

  @Override
  public void requireHeld() throws IOException {
    renewPatiently(UnaryOperator.identity());
    // The renewal may have taken long.
    watch();
    loss.requireNone();
  }

  @Override
  public void releaseAndShow(RunId job, String holder) {
    shown.set(Optional.of(new ShownJob(object, times, job, holder)));
    end();
  }

  @Override
  public void requireHeldLately() throws IOException {
    watch();
    loss.requireNone();
    Renewal newest = renewal;
    // By both clocks: one of them stands still while the machine is suspended.
    Duration age = Duration.between(newest.wall(), clock.instant()).abs();
    if (System.nanoTime() - newest.nanos() > times.heartbeat().toNanos()
        || age.compareTo(times.heartbeat()) > 0) {
      requireHeld();
    }
  }

  /** Releases the lease. Does not fail: a lease that was not released runs out. */
  @Override
  public void close() {
    end();
    shown.getAndSet(Optional.empty()).ifPresent(ShownJob::close);
  }

  private void end() {
    boolean held = loss.close();
    threads.shutdown();
    onClose.run();
    if (held) {
      release();
    }
  }

  private void release() {
    changing.lock();
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        State state = object.read();
        if (state.document().holder(token).isEmpty()
            || object.write(state.document().without(token), state)) {
          return;
        }
        LeaseObject.pause(attempt);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warnf(
          "The repository's lock could not be released; it ends by itself after %d s: %s",
          times.lease().toSeconds(), e.getMessage());
    } finally {
      changing.unlock();
    }
  }
}
