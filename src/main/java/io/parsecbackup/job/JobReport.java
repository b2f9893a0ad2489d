package io.parsecbackup.job;

import io.parsecbackup.Problem;
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
import java.util.function.Supplier;

/** Collects the data of a job's {@link JobResult} while the job runs. Thread-safe. */
public final class JobReport {

  private record Stage(JobPhase phase, Instant since) {}

  private final String id;
  private final JobKind kind;
  private final Optional<Trigger> trigger;
  private final Clock clock;
  private final Instant startedAt;
  private final LongAdder objects = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder byLengthOnly = new LongAdder();

  /** A set, because every node of a RAID finds the same damage here. */
  private final Set<JobResult.Finding> findings = new LinkedHashSet<>();

  private final List<String> warnings = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final List<String> next = new ArrayList<>();
  private final List<JobResult.Copied> copies = new ArrayList<>();
  private Optional<String> backup = Optional.empty();
  private Optional<String> subset = Optional.empty();
  private List<JobResult.Decision> decisions = List.of();
  private Optional<JobResult.Removed> removed = Optional.empty();
  private boolean dryRun;
  private long further;
  private Stage stage;
  private Supplier<ProgressReport.Counts> counts = () -> ProgressReport.Counts.NONE;

  public JobReport(String id, JobKind kind, Optional<Trigger> trigger, Clock clock) {
    this.id = id;
    this.kind = kind;
    this.trigger = trigger;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.stage = new Stage(JobPhase.PREPARE, startedAt);
  }

  /** Names the backup that the job works on. */
  public synchronized void about(String backupId) {
    backup = Optional.of(backupId);
  }

  /** Names the part of the objects that the job reads back, {@code n/t}. */
  public synchronized void readsBack(String part) {
    subset = Optional.of(part);
  }

  /** Marks the job as a dry run, which changes nothing. */
  public synchronized void dryRun() {
    dryRun = true;
  }

  /** Says which backups are kept, and why. */
  public synchronized void decided(List<JobResult.Decision> made) {
    decisions = List.copyOf(made);
  }

  /** Says how much was removed so far. */
  public synchronized void removed(JobResult.Removed sofar) {
    removed = Optional.of(sofar);
  }

  /** Begins a phase in which nothing is counted. */
  public void enter(JobPhase phase) {
    enter(phase, () -> ProgressReport.Counts.NONE);
  }

  /** Begins a phase; {@code ofPhase} returns its counts for each progress report. */
  public synchronized void enter(JobPhase phase, Supplier<ProgressReport.Counts> ofPhase) {
    stage = new Stage(phase, clock.instant());
    counts = ofPhase;
  }

  /** Counts an object that was read, compared or sent. */
  public void checked(long size) {
    checked(1, size);
  }

  public void checked(long count, long size) {
    objects.add(count);
    bytes.add(size);
  }

  /** As {@link #checked(long)}; counts the objects of which only the length could be checked. */
  public void checkedAgain(IndexRecord entry) {
    checked(entry.size());
    if (entry.check() == ContentCheck.LENGTH) {
      byLengthOnly.increment();
    }
  }

  public long checkedObjects() {
    return objects.sum();
  }

  public long checkedBytes() {
    return bytes.sum();
  }

  /** Adds a finding; beyond {@link JobResult#MOST_FINDINGS} they are only counted. */
  public synchronized void found(String key, String problem, String expected, String found) {
    JobResult.Finding finding = new JobResult.Finding(key, problem, expected, found);
    if (findings.size() < JobResult.MOST_FINDINGS) {
      findings.add(finding);
    } else if (!findings.contains(finding)) {
      further++;
    }
  }

  public void found(Damage damage) {
    found(damage.name(), damage.kind().word(), damage.expected(), damage.found());
  }

  public synchronized boolean hasFindings() {
    return !findings.isEmpty();
  }

  public synchronized void warn(String warning) {
    warnings.add(warning);
  }

  /** Adds a line about what was done. */
  public synchronized void did(String what) {
    done.add(what);
  }

  /** Adds steps that the operator has to take now. */
  public synchronized void advise(List<String> steps) {
    next.addAll(steps);
  }

  /** Adds what a copy did at one place. */
  public synchronized void copied(JobResult.Copied copy) {
    copies.add(copy);
  }

  /** The result while the job runs. */
  public JobResult running() {
    return result(JobState.RUNNING, Optional.empty(), Optional.empty(), Optional.of(progress()));
  }

  /** The result of a finished job: complete if it has no findings, and all its copies are. */
  public synchronized JobResult done() {
    boolean isWhole = copies.stream().allMatch(copy -> copy.state() == JobState.COMPLETE);
    return done(hasFindings() || !isWhole ? JobState.INCOMPLETE : JobState.COMPLETE);
  }

  /** The result of a finished job, in a state that the job itself decides. */
  public JobResult done(JobState state) {
    return result(state, Optional.of(clock.instant()), Optional.empty(), Optional.empty());
  }

  /** The result of a job that a problem ended. */
  public JobResult ended(JobState state, Problem problem) {
    return result(
        state,
        Optional.of(clock.instant()),
        Optional.of(String.valueOf(problem.getMessage())),
        Optional.empty());
  }

  private synchronized JobResult result(
      JobState state,
      Optional<Instant> finishedAt,
      Optional<String> error,
      Optional<ProgressReport> progress) {
    return new JobResult(
        id,
        kind.word(),
        state,
        backup,
        trigger,
        startedAt,
        finishedAt,
        subset,
        new JobResult.Checked(objects.sum(), bytes.sum(), subset.map(part -> byLengthOnly.sum())),
        List.copyOf(findings),
        further == 0 ? Optional.empty() : Optional.of(further),
        warnings,
        done,
        next,
        decisions,
        removed,
        copies,
        dryRun ? Optional.of(true) : Optional.empty(),
        error,
        progress);
  }

  private synchronized ProgressReport progress() {
    return ProgressReport.of(
        stage.phase().word(), counts.get(), Duration.between(stage.since(), clock.instant()));
  }
}
