package io.parsecbackup.objectstore.lease;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Whether a lease was lost before its holder closed it. A lost lease stays lost. Thread-safe. */
final class Loss {

  private static final Logger LOG = Logger.getLogger(Loss.class);

  private final Map<Object, Cancellation> toCancel = new LinkedHashMap<>();
  private @Nullable String why;
  private boolean closed;

  /** Records it and cancels the work, unless the lease is closed. */
  void happened(String reason) {
    List<Cancellation> all;
    synchronized (this) {
      if (why != null || closed) {
        return;
      }
      why = reason;
      all = new ArrayList<>(toCancel.values());
      toCancel.clear();
    }
    LOG.errorf("The run ends, because %s", reason);
    all.forEach(cancellation -> cancellation.cancel(reason));
  }

  /** Empty if the lease was not lost. */
  synchronized Optional<Problem> problem() {
    return Optional.ofNullable(why)
        .map(reason ->
            new Problem(
                Problem.Kind.REPOSITORY,
                reason + ". Nothing was published; run the command again"));
  }

  /**
   * Does nothing if the lease was not lost.
   *
   * @throws Problem with the reason
   */
  void requireNone() {
    problem()
        .ifPresent(lost -> {
          throw lost;
        });
  }

  /** Cancels this when it happens, or now. */
  Cancellation.Hook cancels(Cancellation cancellation) {
    Object key = new Object();
    String reason;
    synchronized (this) {
      reason = why;
      if (reason == null) {
        toCancel.put(key, cancellation);
        return () -> remove(key);
      }
    }
    cancellation.cancel(reason);
    return () -> {};
  }

  /** Whether somebody has cancelled work that this would cancel. */
  synchronized boolean isWorkCancelled() {
    return toCancel.values().stream().anyMatch(Cancellation::isCancelled);
  }

  private synchronized void remove(Object key) {
    toCancel.remove(key);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * From now on nothing is lost.
   *
   * @return whether the lease has to be released: it was neither lost nor closed before
   */
  synchronized boolean close() {
    boolean held = !closed && why == null;
    closed = true;
    toCancel.clear();
    return held;
  }
}
