package io.parsecbackup.cli;

import io.quarkus.runtime.LaunchMode;
import sun.misc.Signal;

/**
 * Ctrl-C and SIGTERM while a one-shot command runs. The JVM's own way would tear the program down
 * around the run; this way the run ends, says so, and the command returns.
 */
final class Interrupts {

  private static final int INTERRUPTED = 130;

  private static volatile boolean came;

  private Interrupts() {}

  /** Whether there was one, heeded or not. */
  static boolean came() {
    return came;
  }

  /** Ends the process at once; what it held goes with it. */
  static void end() {
    Runtime.getRuntime().halt(INTERRUPTED);
  }

  /** Lets the first interrupt call {@code stop}; a second one ends the process at once. */
  static void to(Runnable stop) {
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            came = true;
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
