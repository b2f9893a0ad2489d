package io.parsecbackup.objectstore.upload;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;

/** Receives the problems that an upload finds. Several threads call it. */
public interface UploadListener {

  /**
   * The repository does not have the object intact, so it was not uploaded.
   *
   * @param entry the object's index record
   */
  void damaged(IndexRecord entry, Damage damage);

  /**
   * The target has other bytes under the key. They were not replaced.
   *
   * @param expected the bytes of the backup
   * @param found the bytes of the target
   */
  void differs(String key, String expected, String found);
}
