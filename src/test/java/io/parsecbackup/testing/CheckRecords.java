package io.parsecbackup.testing;

import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Json;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** Writes results of verifications and drills to a repository. */
public final class CheckRecords {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private CheckRecords() {}

  /** Writes the result of a job that ended at {@code finishedAt}, one minute after its start. */
  public static void write(Path repository, JobKind kind, JobState state, Instant finishedAt) {
    Instant startedAt = finishedAt.minus(Duration.ofMinutes(1));
    JobResult result =
        new JobResult(
            SECOND.format(startedAt),
            kind.word(),
            state,
            Optional.of("20261122T020000Z"),
            Optional.of(Trigger.SCHEDULE),
            startedAt,
            Optional.of(finishedAt),
            Optional.empty(),
            new JobResult.Checked(1, 1, Optional.empty()),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.of("S3CRET"),
            Optional.empty());
    try {
      Path checks = Files.createDirectories(repository.resolve("checks"));
      Files.write(
          checks.resolve(result.id() + "-" + kind.word() + ".json"),
          SealedJson.seal(Json.of(result)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
