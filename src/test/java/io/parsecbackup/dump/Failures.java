package io.parsecbackup.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.Problem;
import org.junit.jupiter.api.function.Executable;

/** What must end in a problem. */
public final class Failures {

  private Failures() {}

  /** The text of the problem of that kind that {@code action} ends in. */
  public static String message(Problem.Kind kind, Executable action) {
    Problem problem = assertThrows(Problem.class, action);
    assertEquals(kind, problem.kind(), problem::getMessage);
    return String.valueOf(problem.getMessage());
  }
}
