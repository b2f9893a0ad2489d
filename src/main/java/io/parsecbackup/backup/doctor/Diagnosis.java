package io.parsecbackup.backup.doctor;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.dump.DatabaseSnapshot;
import io.parsecbackup.job.DiskFailures;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Checks the database, the block store and the repository, each by itself. A failure says how to
 * fix it. Changes nothing.
 */
@ApplicationScoped
public class Diagnosis {

  /** With less free space than this, even a small backup is unlikely to fit. */
  private static final long LEAST_SPACE = 64L << 20;

  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final DatabaseDumper dumper;
  private final BucketFetcher sync;

  public Diagnosis(
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      DatabaseDumper dumper,
      BucketFetcher sync) {
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.dumper = dumper;
    this.sync = sync;
  }

  /** Whether backups contain a dump; if not, another tool backs up the database. */
  boolean takesDumps() {
    return dumper.takesDumps();
  }

  /**
   * Checks the database, and that {@code pg_dump} is at least as new as its server if backups
   * contain a dump.
   */
  public CheckResult database() {
    return CheckResult.examine(
        "database",
        () -> {
          try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(sourceSettings.database())) {
            OptionalInt migration = snapshot.database().parsecMigration();
            return snapshot.database().name()
                + " on PostgreSQL "
                + snapshot.server().version()
                + (dumper.takesDumps()
                    ? ", read by pg_dump " + dumper.toolsFor(snapshot.server()).version()
                    : ", dumped by no backup: another tool backs it up")
                + (migration.isPresent()
                    ? ", Parsec migration " + migration.getAsInt()
                    : ", no Parsec tables");
          }
        });
  }

  /** Checks the bucket that contains the blocks, or all buckets of a RAID. */
  public CheckResult blockstore() {
    try {
      if (sourceSettings.blockstore() instanceof Blockstore.Raid raid) {
        return RaidHealth.of("blockstore", raid, sync::checkReachable, "can be listed");
      }
    } catch (Problem e) {
      return CheckResult.failed("blockstore", e);
    }
    return CheckResult.examine(
        "blockstore",
        () ->
            switch (sourceSettings.blockstore()) {
              case Blockstore.S3 bucket -> {
                sync.checkReachable(bucket);
                yield "bucket " + bucket.bucket() + " can be listed";
              }
              case Blockstore.Postgresql inDump -> "the blocks are in the database's dump";
              case Blockstore.Raid raid -> "RAID";
              case Blockstore.Swift swift -> "Swift";
              case Blockstore.Mocked mocked -> "mocked";
            });
  }

  /** Checks the place of the repository. */
  public CheckResult repository() {
    return CheckResult.examine("repository", this::repositoryDetail);
  }

  private String repositoryDetail() {
    Repository repository = repositorySettings.repository();
    sourceSettings.requireOutside(RepositorySettings.KEY, repository);
    try {
      repository.storage().requireUsable();
      boolean bound = repository.identity().isPresent();
      String place = repository.location() + (bound ? "" : " (new)");
      OptionalLong usable = repository.storage().usableSpace();
      if (usable.isEmpty()) {
        return place;
      }
      String free = usable.getAsLong() / (1 << 20) + " MiB";
      if (usable.getAsLong() < LEAST_SPACE) {
        throw new Problem(
            Problem.Kind.SPACE,
            "the file system of "
                + repository.location()
                + " has "
                + free
                + " left: free some space, or move the repository");
      }
      return place + ", " + free + " free";
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }
}
