package io.parsecbackup.objectstore.lease;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.lease.LeaseDocument.Holder;
import io.parsecbackup.objectstore.lease.LeaseObject.State;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is held. One thread renews it; another notices when it was not renewed in time, also
 * while a renewal hangs. A lost lease stays lost.
 */
final class Lease implements RepositoryLocks.Held {

  private static final Logger LOG = Logger.getLogger(Lease.class);

  private static final int ATTEMPTS = 10;

  private final LeaseObject object;
  private final LeaseTimes times;
  private final String token;
  private final ScheduledExecutorService threads;

  /** Held while the lock's object is changed: a thread does not compete with its own process. */
  private final ReentrantLock changing = new ReentrantLock();

  private final Map<Object, Cancellation> toCancel = new LinkedHashMap<>();
  private volatile long renewedAt;
  private @Nullable String lost;
  private boolean closed;

  /**
   * @param began when the request that took the lease was made, by {@link System#nanoTime}
   */
  Lease(LeaseObject object, LeaseTimes times, String token, long began) {
    this.object = object;
    this.times = times;
    this.token = token;
    this.renewedAt = began;
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
    if (System.nanoTime() - renewedAt > times.patience().toNanos()) {
      lose(
          "the lock of the repository was lost: the lease of "
              + object.location()
              + " could not be renewed for "
              + times.patience().toSeconds()
              + " s");
    }
  }

  /** Renews the lease and changes its holder. */
  private void renew(UnaryOperator<Holder> change) throws IOException {
    changing.lock();
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        // Before each write: this process may have been stopped for a long time.
        watch();
        requireNotLost();
        if (isClosed()) {
          return;
        }
        long began = System.nanoTime();
        State state = object.read();
        Optional<Holder> own = state.document().holder(token);
        if (own.isEmpty()) {
          lose("the lock of the repository was lost: another run has taken it over");
          requireNotLost();
        } else if (object.write(
            state.document().with(change.apply(own.get().renewed(state.now()))), state)) {
          renewedAt = began;
          return;
        }
        LeaseObject.pause(attempt);
      }
    } finally {
      changing.unlock();
    }
    throw new IOException(object.location() + " was changed by others at each attempt");
  }

  private void lose(String why) {
    List<Cancellation> all;
    synchronized (this) {
      if (lost != null || closed) {
        return;
      }
      lost = why;
      all = new ArrayList<>(toCancel.values());
      toCancel.clear();
    }
    LOG.errorf("The run ends, because %s", why);
    all.forEach(cancellation -> cancellation.cancel(why));
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void requireNotLost() {
    if (lost != null) {
      throw new Problem(
          Problem.Kind.REPOSITORY, lost + ". Nothing was published; run the command again");
    }
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
    renew(own -> own.announcing(id));
  }

  @Override
  public Cancellation.Hook cancelWhenLost(Cancellation cancellation) {
    Object key = new Object();
    String why;
    synchronized (this) {
      why = lost;
      if (why == null) {
        toCancel.put(key, cancellation);
        return () -> remove(key);
      }
    }
    cancellation.cancel(why);
    return () -> {};
  }

  private synchronized void remove(Object key) {
    toCancel.remove(key);
  }

  @Override
  public void requireHeld() throws IOException {
    renew(UnaryOperator.identity());
    // The renewal may have taken long.
    watch();
    requireNotLost();
  }

  /** Releases the lease. Does not fail: a lease that was not released runs out. */
  @Override
  public void close() {
    boolean held;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      held = lost == null;
      toCancel.clear();
    }
    threads.shutdown();
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
