package io.parsecbackup.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Problem;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The exit codes of jobs. */
class JobEndTest {

  private static JobReport report(String kind) {
    return new JobReport(
        "20261125T020000Z", new JobKind(kind), Optional.of(Trigger.CLI), Clock.systemUTC());
  }

  private static int exitCode(JobState state, Problem.Kind cause) {
    JobReport report = report("verify");
    Problem problem = new Problem(cause, "over");
    return new JobEnd<>(report.ended(state, problem), Optional.of(problem)).exitCode();
  }

  @Test
  void aJobThatReachesItsTimeoutHasFailed() {
    assertEquals(1, exitCode(JobState.FAILED, Problem.Kind.CANCELLED));
    assertEquals(130, exitCode(JobState.CANCELLED, Problem.Kind.CANCELLED));
    assertEquals(4, exitCode(JobState.FAILED, Problem.Kind.HELD));
  }

  @Test
  void aJobIsIncompleteIfOneOfItsCopiesIs() {
    JobReport report = report("copy");
    report.copied(copied(JobState.COMPLETE));
    assertEquals(0, new JobEnd<>(report.done(), Optional.empty()).exitCode());
    report.copied(copied(JobState.INCOMPLETE));
    assertEquals(3, new JobEnd<>(report.done(), Optional.empty()).exitCode());
  }

  private static JobResult.Copied copied(JobState state) {
    return new JobResult.Copied("/copy", state, 0, 0, 0, Optional.empty());
  }
}
