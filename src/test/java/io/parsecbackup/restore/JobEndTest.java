package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Problem;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The exit codes of jobs. */
class JobEndTest {

  private static int exitCode(JobState state, Problem.Kind cause) {
    JobReport report =
        new JobReport(
            "20261125T020000Z", Verification.KIND, Optional.of(Trigger.CLI), Clock.systemUTC());
    Problem problem = new Problem(cause, "over");
    return new JobEnd(report.ended(state, problem), Optional.of(problem)).exitCode();
  }

  @Test
  void oneThatRanIntoItsTimeoutHasFailed() {
    assertEquals(1, exitCode(JobState.FAILED, Problem.Kind.CANCELLED));
    assertEquals(130, exitCode(JobState.CANCELLED, Problem.Kind.CANCELLED));
    assertEquals(4, exitCode(JobState.FAILED, Problem.Kind.HELD));
  }
}
