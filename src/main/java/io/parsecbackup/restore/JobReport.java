package io.parsecbackup.restore;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.JobResult;
import io.parsecbackup.backup.Trigger;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Gathers, while a job goes on, what its {@link JobResult} will say. Called by any thread. */
final class JobReport {

  private record Stage(JobPhase phase, Instant since) {}

  /** How far a phase has come; figures that others count are asked for when they are shown. */
  record Figures(
      LongSupplier objects, LongSupplier ofObjects, LongSupplier bytes, LongSupplier ofBytes) {}

  private final String id;
  private final JobKind kind;
  private final Optional<Trigger> trigger;
  private final Optional<Subset> subset;
  private final Clock clock;
  private final Instant startedAt;
  private final LongAdder objects = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder byLengthOnly = new LongAdder();

  /** Each once: every node of a RAID finds the same damage here. */
  private final Set<JobResult.Finding> findings = new LinkedHashSet<>();

  private final List<String> warnings = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final List<String> next = new ArrayList<>();
  private Optional<String> backup = Optional.empty();
  private boolean dryRun;
  private long further;
  private Stage stage;
  private Figures figures = new Figures(() -> 0, () -> 0, () -> 0, () -> 0);

  JobReport(
      String id, JobKind kind, Optional<Trigger> trigger, Optional<Subset> subset, Clock clock) {
    this.id = id;
    this.kind = kind;
    this.trigger = trigger;
    this.subset = subset;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.stage = new Stage(JobPhase.PREPARE, startedAt);
  }

  synchronized void about(String backupId) {
    backup = Optional.of(backupId);
  }

  /** Nothing is done, and only said. */
  synchronized void dryRun() {
    dryRun = true;
  }

  synchronized void enter(JobPhase phase) {
    stage = new Stage(phase, clock.instant());
    figures = new Figures(() -> 0, () -> 0, () -> 0, () -> 0);
  }

  synchronized void enter(JobPhase phase, Figures ofPhase) {
    stage = new Stage(phase, clock.instant());
    figures = ofPhase;
  }

  void checked(long size) {
    objects.increment();
    bytes.add(size);
  }

  void checked(long count, long size) {
    objects.add(count);
    bytes.add(size);
  }

  /** As the first; of an object that only its length vouched for when it was fetched. */
  void checkedAgain(IndexRecord entry) {
    checked(entry.size());
    if (entry.check() == ContentCheck.LENGTH) {
      byLengthOnly.increment();
    }
  }

  long checkedObjects() {
    return objects.sum();
  }

  long checkedBytes() {
    return bytes.sum();
  }

  synchronized void found(String key, String problem, String expected, String found) {
    JobResult.Finding finding = new JobResult.Finding(key, problem, expected, found);
    if (findings.size() < JobResult.MOST_FINDINGS) {
      findings.add(finding);
    } else if (!findings.contains(finding)) {
      further++;
    }
  }

  void found(Damage damage) {
    found(damage.name(), damage.kind().word(), damage.expected(), damage.found());
  }

  synchronized boolean hasFindings() {
    return !findings.isEmpty();
  }

  synchronized void warn(String warning) {
    warnings.add(warning);
  }

  synchronized void did(String what) {
    done.add(what);
  }

  synchronized void advise(List<String> steps) {
    next.addAll(steps);
  }

  JobResult running() {
    return result(BackupState.RUNNING, Optional.empty(), Optional.empty(), Optional.of(progress()));
  }

  /** It came to its end: complete when nothing was found. */
  JobResult ended() {
    return result(
        hasFindings() ? BackupState.INCOMPLETE : BackupState.COMPLETE,
        Optional.of(clock.instant()),
        Optional.empty(),
        Optional.empty());
  }

  JobResult ended(BackupState state, String error) {
    return result(state, Optional.of(clock.instant()), Optional.of(error), Optional.empty());
  }

  private synchronized JobResult result(
      BackupState state,
      Optional<Instant> finishedAt,
      Optional<String> error,
      Optional<Backup.ProgressReport> progress) {
    return new JobResult(
        id,
        kind.word(),
        state,
        backup,
        trigger,
        startedAt,
        finishedAt,
        subset.map(Subset::toString),
        new JobResult.Checked(
            objects.sum(),
            bytes.sum(),
            kind == JobKind.VERIFY ? Optional.of(byLengthOnly.sum()) : Optional.empty()),
        List.copyOf(findings),
        further == 0 ? Optional.empty() : Optional.of(further),
        warnings,
        done,
        next,
        dryRun ? Optional.of(true) : Optional.empty(),
        error,
        progress);
  }

  private synchronized Backup.ProgressReport progress() {
    long seconds = Math.max(1, Duration.between(stage.since(), clock.instant()).toSeconds());
    long soFar = figures.bytes().getAsLong();
    long of = figures.ofBytes().getAsLong();
    long rate = soFar / seconds;
    return new Backup.ProgressReport(
        stage.phase().word(),
        figures.objects().getAsLong(),
        figures.ofObjects().getAsLong(),
        soFar,
        of,
        rate,
        rate > 0 && of >= soFar && of > 0 ? Optional.of((of - soFar) / rate) : Optional.empty());
  }
}
