package io.parsecbackup.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Problem;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The exit codes of jobs. */
class JobEndTest {

  private static int exitCode(JobState state, Problem.Kind cause) {
    JobReport report =
        new JobReport(
            "20261125T020000Z", new JobKind("verify"), Optional.of(Trigger.CLI), Clock.systemUTC());
    Problem problem = new Problem(cause, "over");
    return new JobEnd<>(report.ended(state, problem), Optional.of(problem)).exitCode();
  }

  @Test
  void aJobThatReachesItsTimeoutHasFailed() {
    assertEquals(1, exitCode(JobState.FAILED, Problem.Kind.CANCELLED));
    assertEquals(130, exitCode(JobState.CANCELLED, Problem.Kind.CANCELLED));
    assertEquals(4, exitCode(JobState.FAILED, Problem.Kind.HELD));
  }
}
