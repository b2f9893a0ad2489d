package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.WriteGuard;
import io.parsecbackup.objectstore.lease.LeaseLocks;
import io.parsecbackup.objectstore.lease.LeaseTimes;
import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.objectstore.s3.CredentialSource;
import io.parsecbackup.objectstore.s3.Credentials;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.S3Connection;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Opens repositories in buckets. */
public final class BucketStorages {

  private final S3Clients clients;
  private final Map<String, String> environment;
  private final Options options;

  /** Blocking work of uploads: reads and hashes files. */
  private final Executor disk =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bucket-disk-", 0).factory());

  /**
   * How buckets are used.
   *
   * @param transfers objects that are transferred at once
   * @param partSize larger files are uploaded in parts of this size, in bytes
   * @param bytesPerSecond that all transfers of this process may receive, and send; empty without a
   *     limit
   */
  public record Options(
      int transfers,
      long partSize,
      Retries retries,
      LeaseTimes times,
      OptionalLong bytesPerSecond) {

    private static final long PART = 64L << 20;

    /** The usual ones. */
    public static Options usual(int transfers, OptionalLong bytesPerSecond) {
      return new Options(transfers, PART, Retries.USUAL, LeaseTimes.USUAL, bytesPerSecond);
    }
  }

  /**
   * @param environment has AWS's variables
   */
  public BucketStorages(S3Clients clients, Map<String, String> environment, Options options) {
    this.clients = clients;
    this.environment = environment;
    this.options = options;
  }

  /**
   * Opens a repository's storage, which the caller closes. It has pools of connections, so one is
   * enough for all runs of a process. Does not connect yet, except for AWS's credentials.
   *
   * @param cache the folder for copies and scratch, in which it makes a folder of its own
   * @throws io.parsecbackup.Problem of kind CONFIGURATION when AWS's chain knows no region or no
   *     credentials, or the proxy is not configured correctly
   */
  public BucketStorage open(BucketSetting setting, Path cache) {
    BucketPlace place = new BucketPlace(address(setting), setting.prefix());
    CredentialSource credentials = credentials(setting);
    credentials.refresh();
    int transfers = clients.inFlight(options.transfers(), options.bytesPerSecond());
    S3Connection connection = clients.open(place.address(), credentials, transfers);
    S3Connection forLease =
        clients.withSilence(options.times().heartbeat()).open(place.address(), credentials, 1);
    LeaseLocks locks =
        new LeaseLocks(
            new BucketClient(
                forLease,
                // A renewal must not wait for AWS: the lease may run out.
                credentials.inBackground(disk),
                Retries.ONCE_MORE,
                disk,
                WriteGuard.NONE,
                BucketClient.Limits.of(1)),
            place,
            options.times(),
            Clock.systemUTC());
    return new BucketStorage(
        place,
        new BucketClient(
            connection,
            credentials,
            options.retries(),
            disk,
            locks,
            new BucketClient.Limits(clients.bandwidth(options.bytesPerSecond()), transfers)),
        new BucketWrites.PartsSize(disk, options.partSize()),
        new BucketCache(
            cache.toAbsolutePath().resolve("parsec-backup-" + place.hash()), Clock.systemUTC()),
        locks);
  }

  private BucketAddress address(BucketSetting setting) {
    return setting
        .store()
        .map(BucketAddress::of)
        .orElseGet(() -> AwsChain.address(setting.bucket(), environment));
  }

  private static CredentialSource credentials(BucketSetting setting) {
    return setting
        .store()
        .map(store ->
            CredentialSource.of(
                new Credentials(store.accessKey(), store.secretKey(), Optional.empty())))
        .orElseGet(AwsChain::ofThisProcess);
  }
}
