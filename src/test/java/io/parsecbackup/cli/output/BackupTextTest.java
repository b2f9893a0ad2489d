package io.parsecbackup.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.copy.CopyState;
import io.parsecbackup.job.JobState;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackupTextTest {

  private static final Instant COMPLETE = Instant.parse("2026-11-22T02:00:00.5Z");

  @ParameterizedTest
  @CsvSource({
    "complete, ''",
    "failed, '. The last copy failed: the disk is full'",
    "incomplete, '. The last copy left out damaged files: the disk is full'",
    "cancelled, '. The last copy was stopped: the disk is full'",
    "running, '. A copy is running: the disk is full'"
  })
  void saysHowTheLastCopyEnded(String state, String text) {
    JobState last = JobState.valueOf(state.toUpperCase(Locale.ROOT));
    CopyState copy =
        new CopyState(
            "/mnt/copy",
            Optional.of(COMPLETE),
            Optional.of(1L),
            Optional.of(last),
            last == JobState.COMPLETE ? Optional.empty() : Optional.of("the disk is full"));
    assertEquals(
        "copy at /mnt/copy: complete at 2026-11-22T02:00:00Z" + text, BackupText.copy(copy));
  }

  @Test
  void asksForTheFirstCopy() {
    CopyState never =
        new CopyState(
            "/mnt/copy", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    assertEquals("copy at /mnt/copy: not complete yet. Run 'copy'", BackupText.copy(never));
  }
}
