package io.parsecbackup.backup;

import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import java.time.Clock;

/** The services that a backup uses. */
public record BackupTools(DatabaseDumper dumper, BucketFetcher sync, JobSettings jobSettings) {

  public Clock clock() {
    return jobSettings.clock();
  }
}
