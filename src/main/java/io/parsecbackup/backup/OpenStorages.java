package io.parsecbackup.backup;

import io.parsecbackup.objectstore.s3.S3Clients;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.objectstore.storage.BucketSetting;
import io.parsecbackup.objectstore.storage.BucketStorages;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The storages of this process. A bucket's storage has pools of connections, so all jobs share one.
 */
@ApplicationScoped
public class OpenStorages implements RepositoryStorages {

  private final BucketStorages buckets;
  private final Path cache;
  private final Map<BucketSetting, Storage> open = new ConcurrentHashMap<>();

  @Inject
  public OpenStorages(S3Clients clients, TransferConfig transfers, BackupConfig config) {
    this(
        new BucketStorages(
            clients, System.getenv(), BucketStorages.Options.usual(transfers.requestsInFlight())),
        config.cache().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"))));
  }

  /**
   * @param cache the folder for copies and scratch of repositories in buckets
   */
  public OpenStorages(BucketStorages buckets, Path cache) {
    this.buckets = buckets;
    this.cache = cache;
  }

  @Override
  public Storage folder(Path folder) {
    return new FolderStorage(folder, new StableStorage());
  }

  @Override
  public Storage bucket(BucketSetting setting) {
    return open.computeIfAbsent(setting, first -> buckets.open(first, cache));
  }

  @PreDestroy
  void close() {
    open.values().forEach(Storage::close);
  }
}
