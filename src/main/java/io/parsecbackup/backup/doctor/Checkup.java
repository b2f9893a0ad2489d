package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.LossAcceptance;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceDatabase;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.backup.doctor.Diagnosis.Health;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.dump.ReadRights;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.job.JobState;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.ParsecTables;
import io.parsecbackup.postgres.Standby;
import io.parsecbackup.repository.Identity;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.storage.Folders;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a doctor looks at and a probe must not: it costs more than a probe may, or is of no concern
 * to whoever routes requests. Changes nothing.
 */
@ApplicationScoped
public class Checkup {

  /** Above this, a backup's id and its date tell visibly different times. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /** More than a disk that works needs. */
  private static final Duration LONGEST_FLUSH = Duration.ofMinutes(2);

  private final Diagnosis diagnosis;
  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BucketProbe bucketProbe;
  private final Clock clock;

  public Checkup(
      Diagnosis diagnosis,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BucketProbe bucketProbe,
      Clock clock) {
    this.diagnosis = diagnosis;
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.bucketProbe = bucketProbe;
    this.clock = clock;
  }

  /** Everything, one party after another; what hangs on one that is not well is left out. */
  public List<Health> all() {
    List<Health> found = new ArrayList<>();
    Health database = diagnosis.database();
    found.add(database);
    if (database.isWell()) {
      found.addAll(databaseDetails());
    }
    Health blockstore = diagnosis.blockstore();
    found.add(blockstore);
    if (blockstore.isWell()) {
      switch (sourceSettings.blockstore()) {
        case Blockstore.S3 bucket -> found.add(Diagnosis.examine("objects", () -> objects(bucket)));
        case Blockstore.Raid raid ->
            found.add(RaidHealth.ofObjects(raid, bucketProbe::readsAnObject));
        case Blockstore.Postgresql inDump -> {}
        case Blockstore.Swift swift -> {}
        case Blockstore.Mocked mocked -> {}
      }
    }
    Health repository = diagnosis.repository();
    found.add(repository);
    if (repository.isWell()) {
      found.addAll(StorageCheckup.of(repositorySettings.repository()));
      found.add(Diagnosis.examine("flush", this::flush));
      found.add(Diagnosis.examine("space", this::space));
      found.add(backups());
      records().ifPresent(found::add);
    }
    return found;
  }

  private List<Health> databaseDetails() {
    List<Health> found = new ArrayList<>();
    try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(sourceSettings.database())) {
      found.add(
          Diagnosis.examine(
              "rights",
              () -> {
                ReadRights.require(snapshot);
                return "the role may read all tables and sequences";
              }));
      found.add(tables(snapshot.server().tables()));
      Optional<Standby> standby = snapshot.server().standby();
      Instant serverTime = standby.map(Standby::now).orElse(snapshot.server().snapshotAt());
      found.add(clock(Duration.between(clock.instant(), serverTime)));
      standby.map(Checkup::standby).ifPresent(found::add);
      found.add(Diagnosis.examine("binding", () -> binding(snapshot)));
    } catch (Problem e) {
      found.add(Health.failed("rights", e));
    }
    return found;
  }

  private static Health standby(Standby standby) {
    if (standby.caughtUp()) {
      return Health.ok("standby", "the server is a standby that has replayed all it was sent");
    }
    return Health.note(
        "standby",
        "the server is a standby, its data are of "
            + standby.dataAt()
            + ", "
            + standby.lag().toSeconds()
            + " s ago, and so is a backup; "
            + standby.remedy());
  }

  private static Health tables(Optional<ParsecTables> tables) {
    if (tables.isEmpty()) {
      return Health.failed(
          "tables",
          new Problem(
              Kind.DATABASE,
              "the database has no tables of a Parsec server, so no backup of it can be complete."
                  + " Check PARSEC_DB: its database, its role, and the search_path"));
    }
    String where = "Parsec's tables are in the schema " + tables.get().schema();
    return tables.get().visible()
        ? Health.ok("tables", where)
        : Health.note(
            "tables",
            where
                + ", which the search_path of this role does not find. If that is not the server's"
                + " schema, name it in PARSEC_DB: ?search_path=NAME");
  }

  private static Health clock(Duration ahead) {
    String detail =
        "the database's clock is "
            + ahead.abs().toSeconds()
            + " s "
            + (ahead.isNegative() ? "behind" : "ahead of")
            + " this machine's";
    return ahead.abs().compareTo(SKEW) > 0
        ? Health.note("clock", detail + ": set both by NTP, else dates of backups mislead")
        : Health.ok("clock", detail);
  }

  private String binding(DatabaseSnapshot snapshot) {
    try {
      Optional<Identity> identity = repositorySettings.repository().identity();
      if (identity.isEmpty()) {
        return "the first backup will bind the repository to this source";
      }
      Source source =
          new Source(
              snapshot.server().systemIdentifier(),
              snapshot.server().database(),
              SourceDatabase.buckets(sourceSettings.blockstore()));
      if (!identity.get().source().matches(source)) {
        throw new Problem(
            Kind.REPOSITORY,
            "the repository is bound to "
                + identity.get().source()
                + ", the configured source is "
                + source
                + ". Name another repository, or run 'adopt' if this source has taken the other's"
                + " place");
      }
      return "the repository is bound to " + identity.get().source();
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  private String objects(Blockstore.S3 bucket) {
    return bucketProbe.readsAnObject(bucket)
        ? "an object can be read"
        : "the bucket has no object yet that could be read";
  }

  private String flush() {
    Repository repository = repositorySettings.repository();
    try {
      repository
          .storage()
          .flushFileSystem(Folders.nearestExisting(repository.root()), LONGEST_FLUSH);
      return "sync -f brings the file system to stable storage";
    } catch (IOException e) {
      throw new Problem(
          Kind.REPOSITORY,
          "the program sync cannot be run (" + e.getMessage() + "): install GNU coreutils",
          e);
    }
  }

  private String space() {
    Repository repository = repositorySettings.repository();
    try {
      OptionalLong last =
          new BackupCatalog(repository)
              .published().stream()
                  .flatMap(backup -> backup.dump().stream())
                  .mapToLong(Backup.DumpFile::bytes)
                  .findFirst();
      DatabaseDumper.requireRoom(Folders.nearestExisting(repository.root()), last);
      return last.isEmpty()
          ? "no dump yet to compare the room with"
          : "there is room for another dump like the last one";
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }

  /** Records of runs and jobs that are skipped: no backup depends on them. */
  private Optional<Health> records() {
    Repository repository = repositorySettings.repository();
    try {
      List<String> damaged = new ArrayList<>(repository.runs().damaged());
      damaged.addAll(repository.checks().damaged());
      return damaged.isEmpty()
          ? Optional.empty()
          : Optional.of(
              Health.note(
                  "records",
                  "skipped, for they cannot be read or do not match their seals: "
                      + String.join(", ", damaged)
                      + ". No backup needs them: remove them"));
    } catch (IOException e) {
      return Optional.of(Health.failed("records", DiskFailures.read(e)));
    }
  }

  private Health backups() {
    BackupCatalog catalog = new BackupCatalog(repositorySettings.repository());
    try {
      List<String> damaged = catalog.damaged();
      if (!damaged.isEmpty()) {
        return Health.failed(
            "backups",
            new Problem(
                Kind.REPOSITORY,
                "damaged, their backup.json cannot be read, or does not match its seal: "
                    + String.join(", ", damaged)
                    + ". Check the disk; bring these folders back from a copy, or move them away"));
      }
      Optional<String> complete =
          catalog
              .latest()
              .map(
                  latest ->
                      "the newest complete one is " + latest.id() + ", " + age(latest) + " old");
      Optional<Backup> newest = catalog.newestPublished();
      if (newest.isPresent() && newest.get().state() == JobState.INCOMPLETE) {
        return Health.note(
            "backups",
            newest.get().incompleteAdvice()
                + ". "
                + complete.orElse("There is no complete one yet")
                + accepted(newest.get()));
      }
      return complete.isPresent() && newest.isPresent()
          ? Health.ok("backups", complete.get() + accepted(newest.get()))
          : Health.note("backups", "no complete one yet: run 'backup'");
    } catch (IOException e) {
      return Health.failed("backups", DiskFailures.read(e));
    }
  }

  /** How many losses the newest backup has that were accepted, and since when there are any. */
  private String accepted(Backup newest) throws IOException {
    long accepted = newest.objects().map(Backup.ObjectCounts::accepted).orElse(0L);
    if (accepted == 0) {
      return "";
    }
    String since =
        LossAcceptance.since(repositorySettings.repository())
            .map(at -> " since " + at.truncatedTo(ChronoUnit.SECONDS))
            .orElse("");
    return "; accepted losses: " + accepted + since;
  }

  private String age(Backup backup) {
    Duration age =
        Duration.between(backup.snapshotAt().orElse(backup.startedAt()), clock.instant());
    if (age.toHours() >= 48) {
      return age.toDays() + " days";
    }
    return age.toMinutes() >= 120 ? age.toHours() + " hours" : age.toMinutes() + " minutes";
  }
}
