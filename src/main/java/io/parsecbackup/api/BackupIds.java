package io.parsecbackup.api;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.repository.storage.RunId;

/** Ids of backups in the paths of calls. */
final class BackupIds {

  private BackupIds() {}

  /**
   * Returns {@code id}, which may be {@code latest}.
   *
   * @throws Problem of kind NOT_FOUND if no backup can have it
   */
  static String checked(String id) {
    if (!id.equals(BackupChoice.LATEST) && RunId.parse(id).isEmpty()) {
      throw new Problem(Kind.NOT_FOUND, "there is no backup " + id);
    }
    return id;
  }
}
