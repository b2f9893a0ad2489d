package io.parsecbackup.cli;

import io.quarkus.runtime.LaunchMode;
import sun.misc.Signal;

/**
 * Handles Ctrl-C and SIGTERM. The default of the JVM would stop the program while the run still
 * works; with this handler the run ends, records its result, and the command returns.
 */
final class InterruptHandler {

  private static final int INTERRUPTED = 130;

  private static volatile boolean arrived;

  private InterruptHandler() {}

  /** Whether a signal has arrived. */
  static boolean hasArrived() {
    return arrived;
  }

  /** Ends the process at once. */
  static void end() {
    Runtime.getRuntime().halt(INTERRUPTED);
  }

  /** Calls {@code stop} on the first signal; a second one ends the process at once. */
  static void onSignal(Runnable stop) {
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            arrived = true;
            Signal.handle(signal, again -> end());
            if (LaunchMode.current().isDev()) {
              // Dev mode answers a stop of the program with a new start: its process has to end.
              System.exit(INTERRUPTED);
            }
            stop.run();
          });
    }
  }
}
