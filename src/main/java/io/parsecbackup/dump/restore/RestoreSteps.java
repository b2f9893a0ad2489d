package io.parsecbackup.dump.restore;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Runs the steps of a restore that have their own commit. Tests use the checkpoints to kill the
 * program between two steps.
 *
 * @param checkpoint receives the name of each step, before and after it
 * @param cleanUp the time limit for the work after a restore, or after its failure
 */
record RestoreSteps(Consumer<String> checkpoint, Duration cleanUp) {

  void run(String name, Runnable step) {
    checkpoint.accept("before " + name);
    step.run();
    checkpoint.accept("after " + name);
  }
}
