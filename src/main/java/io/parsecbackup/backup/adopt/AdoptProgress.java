package io.parsecbackup.backup.adopt;

import io.parsecbackup.backup.Progress;
import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.objectstore.fetch.FetchCounters;
import java.time.Clock;
import java.util.Optional;

/** The progress of an adopt. The adopt writes it; other threads read it. */
public final class AdoptProgress {

  private final FetchCounters objects = new FetchCounters();
  private final Progress run;
  private volatile boolean comparing = true;

  AdoptProgress(Clock clock) {
    this.run = new Progress(clock);
  }

  /** The counts of the files under {@code objects/}. */
  public FetchCounters objects() {
    return objects;
  }

  /** The progress of the phases that an adopt shares with a backup. */
  Progress run() {
    return run;
  }

  void enter(Progress.Phase phase) {
    comparing = false;
    run.enter(phase);
  }

  void compare() {
    comparing = true;
  }

  /** The current progress. */
  public ProgressReport report() {
    return comparing
        ? new ProgressReport(
            "adopt",
            objects.copied() + objects.failed() + objects.missing(),
            objects.wanted(),
            objects.copiedBytes(),
            objects.wantedBytes(),
            0,
            Optional.empty())
        : run.report();
  }
}
