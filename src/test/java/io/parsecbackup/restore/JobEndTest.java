package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.Trigger;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The exit codes of jobs. */
class JobEndTest {

  private static int exitCode(BackupState state, Problem.Kind cause) {
    JobReport report =
        new JobReport(
            "20261125T020000Z",
            JobKind.VERIFY,
            Optional.of(Trigger.CLI),
            Optional.of(Subset.ALL),
            Clock.systemUTC());
    return new JobEnd(report.ended(state, "over"), Optional.of(new Problem(cause, "over")))
        .exitCode();
  }

  @Test
  void oneThatRanIntoItsTimeoutHasFailed() {
    assertEquals(1, exitCode(BackupState.FAILED, Problem.Kind.CANCELLED));
    assertEquals(130, exitCode(BackupState.CANCELLED, Problem.Kind.CANCELLED));
    assertEquals(4, exitCode(BackupState.FAILED, Problem.Kind.HELD));
  }
}
