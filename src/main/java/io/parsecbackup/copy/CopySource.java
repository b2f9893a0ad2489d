package io.parsecbackup.copy;

import io.parsecbackup.Cancellation;
import io.parsecbackup.job.JobKind;
import io.parsecbackup.job.JobReport;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.encryption.Encryption;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;

/**
 * What the work at all places has in common.
 *
 * @param repository what is copied
 * @param job the id of the job
 * @param encryption reads lists of references, if it has the identity
 */
record CopySource(
    Repository repository,
    RunId job,
    JobReport report,
    Cancellation cancellation,
    Encryption encryption) {

  static final JobKind KIND = new JobKind("copy");

  /** The same for work that can also be cancelled alone. */
  CopySource cancelledBy(Cancellation own) {
    return new CopySource(repository, job, report, own, encryption);
  }

  /**
   * If a server does not answer at all, none of its files is damaged. A disk has no such state.
   *
   * @throws IOException when it does not answer
   */
  void requireAnswer() throws IOException {
    if (repository.storage().isRemote()) {
      var unused = repository.storage().find(Layout.IDENTITY);
    }
  }
}
