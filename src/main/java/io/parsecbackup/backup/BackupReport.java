package io.parsecbackup.backup;

import io.parsecbackup.Counted;
import io.parsecbackup.Problem;
import io.parsecbackup.dump.DatabaseFacts;
import io.parsecbackup.dump.Dump;
import io.parsecbackup.dump.SnapshotFacts;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.fetch.FetchCounters;
import io.parsecbackup.objectstore.raid.RaidCounters;
import io.parsecbackup.parsec.BlockReferences;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.CommitHorizon;
import io.parsecbackup.repository.storage.RunId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Collects the content of a {@link Backup} while its run is active. Other threads read it. */
public final class BackupReport {

  /** The command that uploads the objects that a RAID node has lost. */
  public static final String REFILL = "parsec-backup restore --only objects --replace";

  /** The strategy that compares whole listings. */
  public static final String LISTING = "listing";

  /** The strategy that copies what the dump refers to. */
  static final String REFERENCES = "references";

  private final RunId id;
  private final Trigger trigger;
  private final Clock clock;
  private final Progress progress;
  private final Instant startedAt;
  private volatile Optional<Instant> snapshotAt = Optional.empty();
  private volatile Optional<Backup.Postgres> postgres = Optional.empty();
  private volatile Optional<BlockReferences.Count> referenced = Optional.empty();
  private volatile Optional<Backup.DumpFile> dump = Optional.empty();
  private volatile Optional<Instant> covered = Optional.empty();
  private volatile Optional<String> strategy = Optional.empty();
  private volatile Optional<Instant> comparedAt = Optional.empty();
  private volatile long stillDamaged;
  private final List<String> notedOfDump = new CopyOnWriteArrayList<>();
  private final List<String> noted = new CopyOnWriteArrayList<>();

  public BackupReport(RunId id, Trigger trigger, Clock clock, Progress progress) {
    this(id, trigger, clock, progress, clock.instant());
  }

  private BackupReport(
      RunId id, Trigger trigger, Clock clock, Progress progress, Instant startedAt) {
    this.id = id;
    this.trigger = trigger;
    this.clock = clock;
    this.progress = progress;
    this.startedAt = startedAt;
  }

  /**
   * The report of a run that another process has planned.
   *
   * @param planned as the other process has written it
   * @param notes what {@link #notes} returned there
   * @param knowsReferences whether the references of the dump are known
   */
  public static BackupReport resumed(
      RunId id,
      Backup planned,
      List<String> notes,
      boolean knowsReferences,
      Clock clock,
      Progress progress) {
    BackupReport report =
        new BackupReport(id, planned.trigger(), clock, progress, planned.startedAt());
    report.snapshotAt = planned.snapshotAt();
    report.postgres = planned.postgres();
    report.dump = planned.dump();
    report.strategy = planned.objects().map(Backup.ObjectCounts::strategy);
    report.comparedAt = planned.objects().flatMap(Backup.ObjectCounts::comparedAt);
    report.referenced =
        planned
            .objects()
            .filter(counts -> knowsReferences)
            .map(
                counts -> new BlockReferences.Count(counts.referenced(), counts.referencedBytes()));
    report.covered = planned.coveredUntil();
    report.noted.addAll(notes);
    return report;
  }

  /** The recovery targets that a complete backup without a dump covers. */
  public Optional<Instant> covered() {
    return covered;
  }

  /** The warnings that do not follow from counters. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>(notedOfDump);
    notes.addAll(noted);
    return notes;
  }

  public void source(SnapshotFacts facts) {
    snapshotAt = Optional.of(facts.snapshotAt());
    postgres = Optional.of(postgres(facts));
  }

  public void referenced(Optional<BlockReferences.Count> count) {
    referenced = count;
  }

  public void dump(Dump finished) {
    dump = Optional.of(dumpFile(finished));
    String tool = finished.pgDump().text();
    postgres = postgres.map(server -> server.dumpedBy(tool));
    notedOfDump.addAll(finished.warnings());
  }

  /** Sets the recovery targets that a backup without a dump covers. */
  void covered(CommitHorizon horizon) {
    covered = horizon.at();
    horizon.warning().ifPresent(noted::add);
  }

  public void strategy(String name) {
    strategy = Optional.of(name);
  }

  /**
   * Sets when the whole listing was last compared with the repository; empty if that is not known.
   */
  void compared(Optional<Instant> at) {
    comparedAt = at;
  }

  /** Adds a warning for the operator. */
  public void warn(String warning) {
    noted.add(warning);
  }

  Instant startedAt() {
    return startedAt;
  }

  /**
   * Sets the number of objects that a job found damaged and that the source did not provide again.
   */
  void stillDamaged(long objects) {
    stillDamaged = objects;
  }

  public Backup running() {
    return backup(JobState.RUNNING, Optional.empty(), Optional.empty());
  }

  /**
   * The published backup. It is complete if the references of the dump are known, and no object is
   * missing or failed except accepted losses.
   */
  public Backup published() {
    FetchCounters sync = progress.sync();
    boolean isComplete = referenced.isPresent() && sync.missing() == 0 && sync.failed() == 0;
    return backup(
        isComplete ? JobState.COMPLETE : JobState.INCOMPLETE,
        Optional.of(clock.instant()),
        Optional.empty());
  }

  public Backup ended(JobState state, Problem problem) {
    return backup(state, Optional.of(clock.instant()), Optional.ofNullable(problem.getMessage()));
  }

  private Backup backup(JobState state, Optional<Instant> finishedAt, Optional<String> error) {
    return new Backup(
        id.text(),
        state,
        trigger,
        snapshotAt,
        // An incomplete backup does not have all objects, and other runs published none.
        covered.filter(at -> state == JobState.COMPLETE),
        startedAt,
        finishedAt,
        postgres,
        dump,
        strategy.map(this::objects),
        warnings(),
        error,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Backup.Postgres postgres(SnapshotFacts facts) {
    DatabaseFacts database = facts.database();
    return new Backup.Postgres(
        facts.server().version().text(),
        Optional.empty(),
        database.name(),
        database.encoding().orElse(""),
        database.collate().orElse(""),
        database.parsecMigration().stream().boxed().findFirst(),
        database.tables().map(ParsecTables::schema));
  }

  private static Backup.DumpFile dumpFile(Dump dump) {
    return new Backup.DumpFile(
        dump.file().getFileName().toString(),
        dump.format().name().toLowerCase(Locale.ROOT),
        dump.bytes(),
        dump.sha256(),
        dump.isEncrypted());
  }

  private Backup.ObjectCounts objects(String strategyName) {
    FetchCounters sync = progress.sync();
    return new Backup.ObjectCounts(
        strategyName,
        referenced.map(BlockReferences.Count::objects).orElse(0L),
        referenced.map(BlockReferences.Count::bytes).orElse(0L),
        sync.copied(),
        sync.copiedBytes(),
        sync.skipped(),
        sync.missing(),
        sync.accepted(),
        sync.failed(),
        sync.refused(),
        sync.conflicts(),
        sync.listed() > 0 && referenced.isPresent()
            ? Optional.of(sync.orphans())
            : Optional.empty(),
        comparedAt,
        Optional.of(sync.checkedByLengthOnly()));
  }

  private static Optional<String> raid(RaidCounters raid) {
    long degraded = Math.max(raid.degraded(), raid.listedDegraded());
    if (degraded == 0) {
      return Optional.empty();
    }
    String unreadable =
        raid.unreadableByServer() == 0
            ? "they may be lost if another node fails"
            : "the Parsec server cannot read "
                + raid.unreadableByServer()
                + " of them now (HTTP 500), because a data chunk is missing";
    return Optional.of(
        Counted.of(
                degraded,
                "object is not on all nodes of the RAID as it should be",
                "objects are not on all nodes of the RAID as they should be")
            + ": "
            + unreadable
            + ". Repair the nodes that did not answer (the log names them), then run '"
            + REFILL
            + "', which uploads what a node has lost");
  }

  private List<String> warnings() {
    FetchCounters sync = progress.sync();
    List<String> warnings = notes();
    if (sync.checkedByLengthOnly() > 0) {
      warnings.add(
          sync.checkedByLengthOnly()
              + " of the copied objects were checked by their length only: the source sent neither"
              + " an MD5 nor a checksum for them");
    }
    if (sync.missing() + sync.accepted() > 0
        && sync.missing() + sync.accepted()
            == referenced.map(BlockReferences.Count::objects).orElse(0L)) {
      warnings.add(
          "the bucket has none of the objects that the dump refers to. Check that PARSEC_BLOCKSTORE"
              + " names the bucket that belongs to PARSEC_DB");
    }
    if (sync.gone() > 0) {
      warnings.add(
          Counted.of(
                  sync.gone(),
                  "object that the dump refers to is gone from the bucket; the repository has it",
                  "objects that the dump refers to are gone from the bucket; the repository has"
                      + " them")
              + ": run 'restore --only objects'");
    }
    raid(sync.raid()).ifPresent(warnings::add);
    if (stillDamaged > 0) {
      warnings.add(
          Counted.of(
                  stillDamaged,
                  "object of the repository is damaged, and the source did not provide it again",
                  "objects of the repository are damaged, and the source did not provide them"
                      + " again")
              + ": run 'verify' for their names");
    }
    if (sync.refused() > 0) {
      warnings.add(
          Counted.of(
              sync.refused(),
              "key cannot be a file name, or is not UTF-8, and was skipped; the log names it",
              "keys cannot be file names, or are not UTF-8, and were skipped; the log names them"));
    }
    if (sync.conflicts() > 0) {
      warnings.add(
          Counted.of(sync.conflicts(), "object")
              + " had other bytes at the source than in the repository. Final objects were not"
              + " changed; the other bytes are stored under conflicts/");
    }
    return warnings;
  }
}
