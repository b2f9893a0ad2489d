package io.parsecbackup.backup;

import io.parsecbackup.job.ProgressReport;
import io.parsecbackup.objectstore.fetch.FetchCounters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** The progress of a run. The run writes it; other threads read it. */
public final class Progress {

  /** The phases of a run, in order. */
  public enum Phase {
    PREPARE,
    DUMP,
    /** Checks the objects that killed runs copied. */
    RECOVER,
    SYNC,
    PUBLISH;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Stage(Phase phase, Instant since) {}

  private final Clock clock;
  private final FetchCounters sync = new FetchCounters();
  private final LongAdder recovered = new LongAdder();
  private final LongAdder recoveredBytes = new LongAdder();
  private volatile long dumpBytes;
  private final List<Stage> past = new CopyOnWriteArrayList<>();
  private volatile Stage stage;

  public Progress(Clock clock) {
    this.clock = clock;
    this.stage = new Stage(Phase.PREPARE, clock.instant());
  }

  public void enter(Phase phase) {
    past.add(stage);
    stage = new Stage(phase, clock.instant());
  }

  /**
   * The duration in seconds of each phase of the run that ended as {@code ended}, by the name of
   * the phase.
   */
  public Map<String, Double> seconds(Backup ended) {
    Instant end = ended.finishedAt().orElseGet(clock::instant);
    List<Stage> stages = new ArrayList<>(past);
    stages.add(stage);
    Map<String, Double> seconds = new TreeMap<>();
    for (int i = 0; i < stages.size(); i++) {
      Instant next = i + 1 < stages.size() ? stages.get(i + 1).since() : end;
      double took = Duration.between(stages.get(i).since(), next).toMillis() / 1e3;
      // The clock may have been set back meanwhile.
      seconds.merge(stages.get(i).phase().word(), Math.max(0, took), Double::sum);
    }
    return seconds;
  }

  Phase phase() {
    return stage.phase();
  }

  public FetchCounters sync() {
    return sync;
  }

  public void dumped(long bytesSoFar) {
    dumpBytes = bytesSoFar;
  }

  public void recovered(long bytes) {
    recovered.increment();
    recoveredBytes.add(bytes);
  }

  long recoveredObjects() {
    return recovered.sum();
  }

  /** The current progress. */
  public ProgressReport report() {
    Stage now = stage;
    ProgressReport.Counts counts =
        switch (now.phase()) {
          case PREPARE, PUBLISH -> ProgressReport.Counts.NONE;
          case DUMP -> new ProgressReport.Counts(0, 0, dumpBytes, 0);
          case RECOVER -> new ProgressReport.Counts(recovered.sum(), 0, recoveredBytes.sum(), 0);
          case SYNC ->
              new ProgressReport.Counts(
                  sync.copied(), sync.wanted(), sync.copiedBytes(), sync.wantedBytes());
        };
    return ProgressReport.of(
        now.phase().word(), counts, Duration.between(now.since(), clock.instant()));
  }
}
