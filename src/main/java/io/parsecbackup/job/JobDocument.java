package io.parsecbackup.job;

import java.time.Instant;
import java.util.Optional;

/** The data of a job in files, in REST and on the command line, while it runs and afterwards. */
public interface JobDocument {

  /** The beginning of the error of a job whose process ended before the job did. */
  String KILLED =
      "it stopped without recording a result: the process was killed or the machine went down";

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
