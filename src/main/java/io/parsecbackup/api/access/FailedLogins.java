package io.parsecbackup.api.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Counts calls with a wrong token for each address: it logs one line per address and minute, and
 * tells which address has failed too often. It never refuses a right token: behind a proxy all
 * callers may share one address.
 */
@ApplicationScoped
public class FailedLogins {

  private static final Logger LOG = Logger.getLogger(FailedLogins.class);

  /** Per address and minute; a person who pastes a wrong token does it a few times. */
  static final int ALLOWED = 10;

  /** How long failures count, and a refused caller has to wait. */
  static final int WINDOW_SECONDS = 60;

  /** Bounds the memory. Above it all further addresses count as one. */
  static final int MOST_ADDRESSES = 1_000;

  private static final String OTHERS = "further addresses";

  private static final class Window {
    private final long began;
    private int failures;

    Window(long began) {
      this.began = began;
    }
  }

  private final LongSupplier nanoTime;
  private final Map<String, Window> windows = new HashMap<>();

  @Inject
  public FailedLogins() {
    this(System::nanoTime);
  }

  FailedLogins(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Counts a failure.
   *
   * @return whether {@code address} has failed more often than is allowed
   */
  public synchronized boolean isTooMany(String address) {
    long now = nanoTime.getAsLong();
    String key = windows.containsKey(address) || hasRoom(now) ? address : OTHERS;
    Window window = windows.get(key);
    if (window == null || isOver(window, now)) {
      window = new Window(now);
      windows.put(key, window);
      LOG.warnf("a call with a wrong token came from %s", key);
    }
    window.failures++;
    if (window.failures == ALLOWED + 1) {
      LOG.warnf(
          "more than %d calls with a wrong token came from %s within a minute: further ones are"
              + " answered with 429",
          ALLOWED, key);
    }
    return window.failures > ALLOWED;
  }

  private boolean hasRoom(long now) {
    if (windows.size() >= MOST_ADDRESSES) {
      windows.values().removeIf(window -> isOver(window, now));
    }
    return windows.size() < MOST_ADDRESSES;
  }

  private static boolean isOver(Window window, long now) {
    return now - window.began >= WINDOW_SECONDS * 1_000_000_000L;
  }

  /** Forgets all failures. */
  public synchronized void clear() {
    windows.clear();
  }
}
