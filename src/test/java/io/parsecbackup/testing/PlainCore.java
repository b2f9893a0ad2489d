package io.parsecbackup.testing;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupConfig;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.LossAcceptance;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.backup.doctor.Diagnosis;
import io.parsecbackup.backup.doctor.Doctor;
import io.parsecbackup.backup.parts.PartedBackups;
import io.parsecbackup.copy.CopyService;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DumpChoice;
import io.parsecbackup.dump.DumpConfig;
import io.parsecbackup.dump.DumpSettings;
import io.parsecbackup.dump.archive.DumpProof;
import io.parsecbackup.dump.restore.DatabaseRestorer;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.objectstore.storage.RepositoryStorages;
import io.parsecbackup.objectstore.upload.BucketUploader;
import io.parsecbackup.postgres.InstalledPgTools;
import io.parsecbackup.postgres.PgTools;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.Drill;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.Restore;
import io.parsecbackup.restore.Verification;
import io.parsecbackup.retention.PruneService;
import io.parsecbackup.retention.RetentionConfig;
import io.parsecbackup.retention.RetentionSettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The program's core without Quarkus, created by hand with default settings. */
public final class PlainCore {

  private static final Vertx VERTX = Vertx.vertx();

  private PlainCore() {}

  /**
   * A service that takes backups.
   *
   * @param source {@code PARSEC_DB} and {@code PARSEC_BLOCKSTORE}
   * @param storage told of each flush and rename
   */
  public static BackupService backups(
      Path repository, Map<String, String> source, StableStorage storage) {
    return backups(repository, source, storage, Limits.USUAL);
  }

  /** How long a run waits for a locked table, and how long it may take. */
  public record Limits(Duration lockWait, Duration run) {
    public static final Limits USUAL = new Limits(Duration.ofMinutes(1), Duration.ofMinutes(5));
  }

  /** As above, with other limits than usual. */
  public static BackupService backups(
      Path repository, Map<String, String> source, StableStorage storage, Limits limits) {
    return backups(repository, source, storage, limits, Sync.LISTING, Clock.systemUTC());
  }

  /** The strategy that copies objects. */
  public record Sync(Strategy strategy, Optional<Duration> listingEvery) implements TransferConfig {

    /** Compares the whole listing each time. */
    public static final Sync LISTING = by(Strategy.LISTING, Duration.ofDays(7));

    /** The default settings. */
    public static final Sync REFERENCES = by(Strategy.REFERENCES, Duration.ofDays(7));

    static Sync by(Strategy strategy, Duration listingEvery) {
      return new Sync(strategy, Optional.of(listingEvery));
    }

    @Override
    public Optional<Integer> concurrency() {
      return Optional.of(4);
    }

    @Override
    public Optional<MemorySize> bandwidthLimit() {
      return Optional.empty();
    }
  }

  /** As above, with another strategy and another clock. */
  public static BackupService backups(
      Path repository,
      Map<String, String> source,
      StableStorage storage,
      Limits limits,
      Sync sync,
      Clock clock) {
    BackupConfig config = new Defaults(RepositoryPlace.setting(repository), limits.run());
    return new BackupService(
        new JobRunner(),
        new RepositorySettings(config, storages(storage)),
        settings(source),
        tools(limits, sync, clock, source));
  }

  /** A service that takes backups in parts, with the default settings. */
  public static PartedBackups parted(
      Path repository, Map<String, String> source, StableStorage storage, Limits limits) {
    BackupConfig config = new Defaults(RepositoryPlace.setting(repository), limits.run());
    return new PartedBackups(
        new JobRunner(),
        new RepositorySettings(config, storages(storage)),
        settings(source),
        tools(limits, Sync.REFERENCES, Clock.systemUTC(), source));
  }

  /**
   * A service that accepts losses.
   *
   * @param storage told of each flush and rename
   */
  public static LossAcceptance acceptance(Path repository, StableStorage storage) {
    return acceptance(repository, storage, Encryption.none());
  }

  /** As above, for encrypted backups. */
  public static LossAcceptance acceptance(
      Path repository, StableStorage storage, Encryption encryption) {
    return new LossAcceptance(
        new RepositorySettings(
            new Defaults(RepositoryPlace.setting(repository), Limits.USUAL.run()),
            storages(storage)),
        Clock.systemUTC(),
        encryption);
  }

  /** A service that adopts what other tools have made. */
  public static Adoption adoption(Path repository, Map<String, String> source, Clock clock) {
    return new Adoption(
        new JobRunner(),
        new RepositorySettings(
            new Defaults(RepositoryPlace.setting(repository), Limits.USUAL.run()),
            storages(new StableStorage())),
        settings(source),
        tools(Limits.USUAL, Sync.LISTING, clock, source));
  }

  /** The settings of encryption among others. */
  public static Encryption encryption(Map<String, String> settings) {
    return new Encryption(
        Optional.ofNullable(settings.get("PARSEC_BACKUP_ENCRYPTION_RECIPIENTS")),
        Optional.ofNullable(settings.get("PARSEC_BACKUP_ENCRYPTION_IDENTITY_FILE")).map(Path::of));
  }

  private static DatabaseDumper dumper(Limits limits, Map<String, String> settings) {
    String format = settings.getOrDefault("PARSEC_BACKUP_DUMP_FORMAT", "custom");
    return new DatabaseDumper(
        DumpSettings.from(
            new DumpDefaults(
                DumpChoice.valueOf(format.toUpperCase(Locale.ROOT)),
                limits.lockWait(),
                Integer.parseInt(settings.getOrDefault("PARSEC_BACKUP_DUMP_JOBS", "2")))),
        MachinePgTools::get,
        encryption(settings));
  }

  private static BackupTools tools(
      Limits limits, Sync sync, Clock clock, Map<String, String> settings) {
    return new BackupTools(
        dumper(limits, settings),
        new BucketFetcher(clients(), sync),
        new JobSettings(clock, limits.run()));
  }

  /**
   * Adopts, and waits for the end.
   *
   * @throws Problem if that fails
   */
  public static JobResult adopt(Adoption adoption, Optional<Path> dump) {
    JobEnd<JobResult> end =
        adoption.start(dump, adoption.newProgress(), new Cancellation()).execute();
    end.problem()
        .ifPresent(problem -> {
          throw problem;
        });
    return end.document();
  }

  /** As above, by the system's clock. */
  public static Adoption adoption(Path repository, Map<String, String> source) {
    return adoption(repository, source, Clock.systemUTC());
  }

  /**
   * A service that verifies, drills and restores.
   *
   * @param storage told of each flush and rename, as {@code checkpoint} is of each step at a server
   */
  public static JobService jobs(
      Path repository,
      Map<String, String> source,
      StableStorage storage,
      Consumer<String> checkpoint) {
    return jobs(repository, source, storage, checkpoint, Optional.empty());
  }

  /**
   * As above.
   *
   * @param pgBin the only folder in which the program searches for PostgreSQL's programs
   */
  public static JobService jobs(
      Path repository,
      Map<String, String> source,
      StableStorage storage,
      Consumer<String> checkpoint,
      Optional<Path> pgBin) {
    SourceSettings settings = settings(source);
    Supplier<PgTools> tools = pgBin.isPresent() ? new InstalledPgTools(pgBin) : MachinePgTools::get;
    int connections = Integer.parseInt(source.getOrDefault("PARSEC_BACKUP_RESTORE_JOBS", "1"));
    DatabaseRestorer databases = new DatabaseRestorer(tools, checkpoint).withJobs(connections);
    DumpProof dumps = new DumpProof(tools);
    BackupConfig config = new Defaults(RepositoryPlace.setting(repository), Limits.USUAL.run());
    Encryption encryption = encryption(source);
    return new JobService(
        new JobRunner(),
        new RepositorySettings(config, storages(storage)),
        new Verification(dumps, encryption),
        new Drill(settings, dumps, databases, encryption),
        new Restore(settings, databases, new BucketUploader(clients(), Sync.LISTING), encryption),
        new JobSettings(Clock.systemUTC(), Limits.USUAL.run()));
  }

  /** Retention by the number of backups alone. */
  public record Retention(String keepLast, String objects) implements RetentionConfig {
    @Override
    public String keepDaily() {
      return "0";
    }

    @Override
    public String keepWeekly() {
      return "0";
    }

    @Override
    public String keepMonthly() {
      return "0";
    }

    @Override
    public String keepYearly() {
      return "0";
    }
  }

  /**
   * A service that removes old backups.
   *
   * @param storage told of each flush, rename and deletion
   */
  public static PruneService prunes(
      Path repository, RetentionConfig retention, StableStorage storage) {
    return prunes(repository, retention, storage, Encryption.none());
  }

  /** As above, for encrypted backups. */
  public static PruneService prunes(
      Path repository, RetentionConfig retention, StableStorage storage, Encryption encryption) {
    BackupConfig config = new Defaults(RepositoryPlace.setting(repository), Limits.USUAL.run());
    return new PruneService(
        new JobRunner(),
        new RepositorySettings(config, storages(storage)),
        new RetentionSettings(retention, config),
        new JobSettings(Clock.systemUTC(), Limits.USUAL.run()),
        encryption);
  }

  /** As above, without listeners. */
  public static JobService jobs(Path repository, Map<String, String> source) {
    return jobs(repository, source, new StableStorage(), step -> {});
  }

  /**
   * A service that copies a repository.
   *
   * @param places separated by white space
   * @param storage told of each flush and rename, also at the places
   */
  public static CopyService copies(Path repository, String places, StableStorage storage) {
    return copies(backupConfig(repository), places, storage);
  }

  /** The same for a repository that a setting names. */
  public static CopyService copies(String repository, String places) {
    return copies(new Defaults(repository, Limits.USUAL.run()), places, new StableStorage());
  }

  private static CopyService copies(BackupConfig config, String places, StableStorage storage) {
    return new CopyService(
        new JobRunner(),
        new CopySettings(
            new RepositorySettings(config, storages(storage)), settings(Map.of()), places),
        new JobSettings(Clock.systemUTC(), Limits.USUAL.run()),
        Encryption.none());
  }

  /** The checks of {@code doctor}. */
  public static Doctor doctor(Path repository, Map<String, String> source) {
    return doctor(repository, source, "");
  }

  /** As above, with copies at these places, which are separated by white space. */
  public static Doctor doctor(Path repository, Map<String, String> source, String copies) {
    RepositorySettings place =
        new RepositorySettings(
            new Defaults(RepositoryPlace.setting(repository), Limits.USUAL.run()),
            storages(new StableStorage()));
    DatabaseDumper dumper = dumper(Limits.USUAL, source);
    S3Clients clients = clients();
    return new Doctor(
        new Diagnosis(place, settings(source), dumper, new BucketFetcher(clients, Sync.LISTING)),
        place,
        settings(source),
        new BucketProbe(clients),
        Clock.systemUTC(),
        encryption(source),
        new CopySettings(place, settings(source), copies));
  }

  /** The repository in that folder, or in the bucket whose objects are there. */
  public static Repository repository(Path folder) {
    return new RepositorySettings(backupConfig(folder), storages()).repository();
  }

  /** Opens repositories. */
  public static RepositoryStorages storages() {
    return storages(new StableStorage());
  }

  /** The settings of backups with a repository in that folder. */
  public static BackupConfig backupConfig(Path repository) {
    return new Defaults(RepositoryPlace.setting(repository), Limits.USUAL.run());
  }

  private static RepositoryStorages storages(StableStorage storage) {
    return RepositoryPlace.storages(storage, clients());
  }

  private static SourceSettings settings(Map<String, String> source) {
    return new SourceSettings(
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(source, "test", 100))
            .build());
  }

  private static S3Clients clients() {
    return new S3Clients(Optional.empty(), Map.of(), VERTX);
  }

  private record Defaults(String folder, Duration runTimeout) implements BackupConfig {
    @Override
    public Optional<String> repository() {
      return Optional.of(folder);
    }

    @Override
    public Optional<String> repositoryPrefix() {
      return Optional.empty();
    }

    @Override
    public Optional<String> copies() {
      return Optional.empty();
    }

    @Override
    public Optional<Path> cache() {
      return Optional.empty();
    }

    @Override
    public String schedule() {
      return "off";
    }

    @Override
    public ZoneId timeZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Optional<Duration> maxAge() {
      return Optional.empty();
    }
  }

  private record DumpDefaults(DumpChoice format, Duration lockWaitTimeout, int connections)
      implements DumpConfig {
    @Override
    public String compression() {
      return "auto";
    }

    @Override
    public Optional<Integer> jobs() {
      return Optional.of(connections);
    }
  }
}
