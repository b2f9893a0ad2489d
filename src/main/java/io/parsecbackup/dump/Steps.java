package io.parsecbackup.dump;

import java.util.function.Consumer;

/**
 * Tells of each step that is committed by itself, before and after it: a test that kills the
 * program between two of them hangs on here.
 */
record Steps(Consumer<String> checkpoint) {

  void run(String name, Runnable step) {
    checkpoint.accept("before " + name);
    step.run();
    checkpoint.accept("after " + name);
  }
}
