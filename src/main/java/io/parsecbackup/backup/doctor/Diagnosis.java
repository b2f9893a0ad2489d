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
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

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

  /** Checks the database, and that {@code pg_dump} is at least as new as its server. */
  public CheckResult database() {
    return CheckResult.examine(
        "database",
        () -> {
          try (DatabaseSnapshot snapshot = DatabaseSnapshot.open(sourceSettings.database())) {
            OptionalInt migration = snapshot.database().parsecMigration();
            return snapshot.database().name()
                + " on PostgreSQL "
                + snapshot.server().version()
                + ", read by pg_dump "
                + dumper.toolsFor(snapshot.server()).version()
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

  /** Checks the folder of the repository. */
  public CheckResult repository() {
    return CheckResult.examine("repository", this::repositoryDetail);
  }

  private String repositoryDetail() {
    Repository repository = repositorySettings.repository();
    try {
      Path existing = Folders.nearestExisting(repository.root());
      if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
        throw new Problem(
            Problem.Kind.REPOSITORY,
            existing
                + " cannot be written: give this program's user write access, or set"
                + " parsec.backup.repository to another folder");
      }
      repository.requirePlain();
      boolean bound = repository.identity().isPresent();
      for (String name : Layout.FOLDERS) {
        Path folder = repository.root().resolve(name);
        if (Files.exists(folder) && !Files.isWritable(folder)) {
          throw new Problem(
              Problem.Kind.REPOSITORY,
              folder + " cannot be written: give this program's user write access");
        }
      }
      if (repository.usableSpace() < LEAST_SPACE) {
        throw new Problem(
            Problem.Kind.SPACE,
            "the file system of "
                + repository.root()
                + " has "
                + repository.usableSpace() / (1 << 20)
                + " MiB left: free some space, or move the repository");
      }
      return repository.root()
          + (bound ? "" : " (new)")
          + ", "
          + repository.usableSpace() / (1 << 20)
          + " MiB free";
    } catch (IOException e) {
      throw DiskFailures.read(e);
    }
  }
}
