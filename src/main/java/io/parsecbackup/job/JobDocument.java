package io.parsecbackup.job;

import java.time.Instant;
import java.util.Optional;

/** What files, REST and the command line show of a job, while it runs and after it. */
public interface JobDocument {

  String id();

  JobState state();

  Instant startedAt();

  /** Empty while the job runs, and for a job whose process was killed. */
  Optional<Instant> finishedAt();

  /** Present only while the job runs. */
  Optional<ProgressReport> progress();

  /** Whether a schedule started it, not a person or another program. */
  boolean startedBySchedule();
}
