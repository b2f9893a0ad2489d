package io.parsecbackup;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A request to stop, shared by all work of one run. Any thread can make it, once; it cannot be
 * withdrawn. Work checks it between steps ({@link #throwIfCancelled}) or registers a hook ({@link
 * #onCancel}) that ends a blocking call.
 */
public final class Cancellation {

  private static final Logger LOG = Logger.getLogger(Cancellation.class);

  /** Removes a hook: call {@link #close} when the work that it would end is over. */
  @FunctionalInterface
  public interface Hook extends AutoCloseable {
    @Override
    void close();
  }

  private final Object lock = new Object();

  /** Each hook has its own key, so removing one never removes an equal one. */
  private final Map<Object, Runnable> hooks = new LinkedHashMap<>();

  private volatile @Nullable String why;

  /**
   * Requests the stop. The first reason stays; later calls do nothing. Hooks run in the caller's
   * thread, and one that throws does not prevent the others.
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
        LOG.warnf(e, "a step of the cancellation failed; the other steps continue");
      }
    }
  }

  public boolean isCancelled() {
    return why != null;
  }

  /** The reason; empty if not cancelled. */
  public Optional<String> why() {
    return Optional.ofNullable(why);
  }

  /**
   * Runs {@code hook} once on cancellation, or now if already cancelled. The hook must be quick: it
   * runs in the thread that cancels.
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
   * Does nothing unless cancelled.
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
