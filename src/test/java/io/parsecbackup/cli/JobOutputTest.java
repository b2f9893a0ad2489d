package io.parsecbackup.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobOutputTest {

  private static JobResult verification(List<JobResult.Finding> findings, List<String> warnings) {
    return new JobResult(
        "20261122T043000Z",
        "verify",
        JobState.INCOMPLETE,
        Optional.of("20261122T020000Z"),
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        new JobResult.Checked(1, 1, Optional.empty()),
        findings,
        Optional.empty(),
        warnings,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A warning that was printed on stderr before the job started is not repeated on stdout. */
  @Test
  void showsEachWarningOnce() {
    JobResult result = verification(List.of(), List.of("said before", "new"));
    List<String> lines = JobOutput.lines(result, List.of("said before"));
    assertTrue(lines.contains("  warning   new"), lines.toString());
    assertFalse(lines.toString().contains("said before"), lines.toString());
  }

  @Test
  void keepsAKeyOnItsLine() {
    JobResult.Finding finding =
        new JobResult.Finding("Org/\n  warning   forged", "lost", "an object", "nothing");
    List<String> lines = JobOutput.lines(verification(List.of(finding), List.of()), List.of());
    assertEquals(
        List.of("  lost: Org/\\x0a  warning   forged (expected an object, found nothing)"),
        lines.stream().filter(line -> line.contains("forged")).toList());
    assertTrue(lines.getFirst().endsWith("1 problem found"), lines.toString());
  }
}
