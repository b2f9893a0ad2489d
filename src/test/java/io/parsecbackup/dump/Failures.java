package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.Problem;
import org.junit.jupiter.api.function.Executable;

/** Assertions for actions that must fail with a problem. */
public final class Failures {

  private Failures() {}

  /**
   * Runs {@code action}, which must fail with a problem of this kind, and returns the problem's
   * message.
   */
  public static String message(Problem.Kind kind, Executable action) {
    Problem problem = assertThrows(Problem.class, action);
    assertEquals(kind, problem.kind(), problem::getMessage);
    return String.valueOf(problem.getMessage());
  }
}
