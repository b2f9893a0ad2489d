package io.parsecbackup;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One request to stop, shared by everything that works for the same run. It is made once, by any
 * thread, and never taken back. Work looks at it between steps ({@link #throwIfCancelled}) or hangs
 * a hook on it ({@link #onCancel}) that ends what blocks.
 */
public final class Cancellation {

  private static final Logger LOG = Logger.getLogger(Cancellation.class);

  /** Takes a hook back: {@link #close} once the work it would end is over. */
  @FunctionalInterface
  public interface Hook extends AutoCloseable {
    @Override
    void close();
  }

  private final Object lock = new Object();

  /** By a key of its own, so that taking one back never takes an equal one with it. */
  private final Map<Object, Runnable> hooks = new LinkedHashMap<>();

  private volatile @Nullable String why;

  /**
   * Asks for the end. The first reason stays; later calls do nothing. Hooks run in the caller's
   * thread, and one that throws does not keep the others from running.
   */
  public void cancel(String reason) {
    Collection<Runnable> toRun;
    synchronized (lock) {
      if (why != null) {
        return;
      }
      why = reason;
      toRun = List.copyOf(hooks.values());
      hooks.clear();
    }
    for (Runnable hook : toRun) {
      try {
        hook.run();
      } catch (RuntimeException e) {
        LOG.warnf(e, "A step of the cancellation failed; the others go on");
      }
    }
  }

  public boolean isCancelled() {
    return why != null;
  }

  /** Why it was cancelled; empty while it is not. */
  public Optional<String> why() {
    return Optional.ofNullable(why);
  }

  /**
   * Runs {@code hook} once when the cancellation comes, or at once if it came already. The hook
   * must be quick: it runs in the thread of whoever cancels.
   */
  public Hook onCancel(Runnable hook) {
    Object key = new Object();
    synchronized (lock) {
      if (why == null) {
        hooks.put(key, hook);
        return () -> remove(key);
      }
    }
    hook.run();
    return () -> {};
  }

  private void remove(Object key) {
    synchronized (lock) {
      hooks.remove(key);
    }
  }

  /**
   * Goes on unless cancelled.
   *
   * @throws Problem of kind {@link Problem.Kind#CANCELLED}, naming the reason, once cancelled
   */
  public void throwIfCancelled() {
    String reason = why;
    if (reason != null) {
      throw new Problem(Problem.Kind.CANCELLED, "Cancelled: " + reason);
    }
  }
}
