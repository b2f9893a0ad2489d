package io.parsecbackup.api.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Counts calls with an invalid token by address. Logs one line per address and minute, and reports
 * when an address has too many failures. A valid token is never refused: behind a proxy all clients
 * may share one address.
 */
@ApplicationScoped
public class FailedLogins {

  private static final Logger LOG = Logger.getLogger(FailedLogins.class);

  /**
   * Failures per address and minute that are not limited, for a person who pastes a wrong token.
   */
  static final int ALLOWED = 10;

  /** How long failures count, and how long a refused client has to wait. */
  static final int WINDOW_SECONDS = 60;

  /** Limits memory use. Further addresses count as one. */
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
   * @return whether {@code address} has more failures than allowed
   */
  public synchronized boolean isTooMany(String address) {
    long now = nanoTime.getAsLong();
    String key = windows.containsKey(address) || hasRoom(now) ? address : OTHERS;
    Window window = windows.get(key);
    if (window == null || isOver(window, now)) {
      window = new Window(now);
      windows.put(key, window);
      LOG.warnf("call with an invalid token from %s", key);
    }
    window.failures++;
    if (window.failures == ALLOWED + 1) {
      LOG.warnf(
          "more than %d calls with an invalid token from %s within a minute: further ones are"
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
