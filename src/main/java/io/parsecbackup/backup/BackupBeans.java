package io.parsecbackup.backup;

import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Produces the objects that all jobs share. */
final class BackupBeans {

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  JobSettings jobSettings(BackupConfig config, Clock clock) {
    return new JobSettings(clock, config.runTimeout());
  }

  @Produces
  @Singleton
  BackupTools tools(DatabaseDumper dumper, BucketFetcher sync, JobSettings jobSettings) {
    return new BackupTools(dumper, sync, jobSettings);
  }
}
