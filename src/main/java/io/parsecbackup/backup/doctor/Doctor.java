package io.parsecbackup.backup.doctor;

import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.copy.CopySettings;
import io.parsecbackup.objectstore.listing.BucketProbe;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.encryption.Encryption;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks everything that a backup needs, including checks that are too slow for a probe. Changes
 * nothing.
 */
@ApplicationScoped
public class Doctor {

  private final Diagnosis diagnosis;
  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BucketProbe bucketProbe;
  private final Clock clock;
  private final Encryption encryption;
  private final CopySettings copies;

  public Doctor(
      Diagnosis diagnosis,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BucketProbe bucketProbe,
      Clock clock,
      Encryption encryption,
      CopySettings copies) {
    this.diagnosis = diagnosis;
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.bucketProbe = bucketProbe;
    this.clock = clock;
    this.encryption = encryption;
    this.copies = copies;
  }

  /** Runs all checks, and skips those that depend on a failed one. */
  public List<CheckResult> all() {
    List<CheckResult> found = new ArrayList<>();
    CheckResult database = diagnosis.database();
    found.add(database);
    if (database.isHealthy()) {
      found.addAll(
          new DatabaseChecks(diagnosis.takesDumps(), repositorySettings, sourceSettings, clock)
              .all());
    }
    CheckResult blockstore = diagnosis.blockstore();
    found.add(blockstore);
    if (blockstore.isHealthy()) {
      switch (sourceSettings.blockstore()) {
        case Blockstore.S3 bucket ->
            found.add(CheckResult.examine("objects", () -> objects(bucket)));
        case Blockstore.Raid raid ->
            found.add(RaidHealth.ofObjects(raid, bucketProbe::readsAnObject));
        case Blockstore.Postgresql inDump -> {}
        case Blockstore.Swift swift -> {}
        case Blockstore.Mocked mocked -> {}
      }
    }
    CheckResult repository = diagnosis.repository();
    found.add(repository);
    if (repository.isHealthy()) {
      found.addAll(
          new RepositoryChecks(diagnosis.takesDumps(), repositorySettings.repository(), clock)
              .all());
    }
    found.addAll(new CopyChecks(repositorySettings, copies).all());
    found.addAll(
        EncryptionChecks.of(
            encryption,
            repository.isHealthy()
                ? Optional.of(repositorySettings.repository().location())
                : Optional.empty()));
    return found;
  }

  /** Whether backups contain a dump, which drills need. */
  public boolean checksDumps() {
    return diagnosis.takesDumps();
  }

  private String objects(Blockstore.S3 bucket) {
    return bucketProbe.readsAnObject(bucket)
        ? "an object can be read"
        : "the bucket contains no objects yet";
  }
}
