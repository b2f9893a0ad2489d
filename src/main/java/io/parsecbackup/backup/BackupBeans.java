package io.parsecbackup.backup;

import io.parsecbackup.dump.DatabaseDumper;
import io.parsecbackup.job.JobSettings;
import io.parsecbackup.objectstore.fetch.BucketFetcher;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.objectstore.storage.BucketStorages;
import io.parsecbackup.objectstore.storage.OpenStorages;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
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

  @Produces
  @Singleton
  OpenStorages storages(S3Clients clients, TransferConfig transfers, BackupConfig config) {
    return new OpenStorages(
        new BucketStorages(
            clients,
            System.getenv(),
            BucketStorages.Options.usual(transfers.requestsInFlight(), transfers.bytesPerSecond())),
        config.cache().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"))));
  }

  void close(@Disposes OpenStorages storages) {
    storages.close();
  }
}
