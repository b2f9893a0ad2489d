package io.parsecbackup.dump.restore;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Tells of each step that is committed by itself, before and after it: a test that kills the
 * program between two of them hangs on here.
 *
 * @param cleanUp how long the work that follows a restore, or its failure, may take
 */
record RestoreSteps(Consumer<String> checkpoint, Duration cleanUp) {

  void run(String name, Runnable step) {
    checkpoint.accept("before " + name);
    step.run();
    checkpoint.accept("after " + name);
  }
}
