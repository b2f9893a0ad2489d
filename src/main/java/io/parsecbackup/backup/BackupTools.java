package io.parsecbackup.backup;

import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.JobTerms;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import java.time.Clock;

/** What a backup works with. */
public record BackupTools(DatabaseDumper dumper, BucketFetcher sync, JobTerms terms) {

  public Clock clock() {
    return terms.clock();
  }
}
