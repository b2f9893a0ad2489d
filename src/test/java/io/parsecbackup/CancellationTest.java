package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CancellationTest {

  private final Cancellation cancellation = new Cancellation();
  private final List<String> ran = new ArrayList<>();

  @Test
  void continuesUntilCancelled() {
    assertDoesNotThrow(cancellation::throwIfCancelled);
    assertFalse(cancellation.isCancelled());
    assertEquals(Optional.empty(), cancellation.why());
  }

  @Test
  void keepsTheFirstReasonAndRunsEachHookOnce() {
    cancellation.onCancel(() -> ran.add("hook"));
    cancellation.cancel("the operator asked");
    cancellation.cancel("something else");
    Problem problem = assertThrows(Problem.class, cancellation::throwIfCancelled);
    assertEquals(Problem.Kind.CANCELLED, problem.kind());
    assertEquals("Cancelled: the operator asked", problem.getMessage());
    assertEquals(List.of("hook"), ran);
  }

  @Test
  void runsALateHookAtOnce() {
    cancellation.cancel("early");
    cancellation.onCancel(() -> ran.add("late"));
    assertEquals(List.of("late"), ran);
  }

  @Test
  void forgetsARemovedHook() {
    Runnable same = () -> ran.add("ran");
    cancellation.onCancel(same);
    cancellation.onCancel(same).close();
    cancellation.cancel("now");
    assertEquals(List.of("ran"), ran);
  }

  @Test
  void runsTheOtherHooksWhenOneThrows() {
    cancellation.onCancel(() -> {
      throw new IllegalStateException("on purpose");
    });
    cancellation.onCancel(() -> ran.add("second"));
    cancellation.cancel("now");
    assertEquals(List.of("second"), ran);
    assertTrue(cancellation.isCancelled());
  }
}
