package io.parsecbackup.objectstore.storage;

import io.parsecbackup.repository.storage.Storage;
import java.nio.file.Path;

/** Opens the storage of a repository. Opening changes nothing. */
public interface RepositoryStorages {

  /** A repository in a folder, which may not exist yet. */
  Storage folder(Path folder);

  /** A repository in a bucket. */
  Storage bucket(BucketSetting setting);
}
