package io.parsecbackup.objectstore.storage;

import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The storages of this process. A bucket's storage has pools of connections, so all jobs share one.
 */
public final class OpenStorages implements RepositoryStorages, AutoCloseable {

  private final BucketStorages buckets;
  private final Path cache;
  private final Map<BucketSetting, Storage> open = new ConcurrentHashMap<>();

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

  @Override
  public void close() {
    open.values().forEach(Storage::close);
  }
}
