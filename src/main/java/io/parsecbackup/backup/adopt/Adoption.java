package io.parsecbackup.backup.adopt;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.backup.BackupSource;
import io.parsecbackup.backup.BackupTools;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.backup.SourceSettings;
import io.parsecbackup.job.Job;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobRunner;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.Repository;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Adopts files that other tools made. Always binds the repository to the configured source and
 * indexes the files under {@code objects/}: files that the bucket lists, so that no backup fetches
 * them again, and files that the index does not contain. If a dump is given, publishes it as a
 * backup. Changes no published backup.
 */
@ApplicationScoped
public class Adoption {

  private final JobRunner runner;
  private final RepositorySettings repositorySettings;
  private final SourceSettings sourceSettings;
  private final BackupTools tools;

  public Adoption(
      JobRunner runner,
      RepositorySettings repositorySettings,
      SourceSettings sourceSettings,
      BackupTools tools) {
    this.runner = runner;
    this.repositorySettings = repositorySettings;
    this.sourceSettings = sourceSettings;
    this.tools = tools;
  }

  /** Creates the progress for a call of {@link #start}. */
  public AdoptProgress newProgress() {
    return new AdoptProgress(tools.clock());
  }

  /**
   * Starts to adopt the configured repository for the configured source. The caller then executes
   * the returned job. Its result is complete, or incomplete if it published a dump and objects are
   * missing.
   *
   * @param dump a dump to publish as a backup
   * @throws Problem if another job has locked the repository, a setting is invalid, {@code dump} is
   *     not a dump, or the source or the disk fails
   */
  public Job<JobResult> start(
      Optional<Path> dump, AdoptProgress progress, Cancellation cancellation) {
    Blockstore blockstore = sourceSettings.blockstore();
    BackupSource source = new BackupSource(sourceSettings.database(), blockstore);
    Repository repository = repositorySettings.repository();
    sourceSettings.requireOutside(RepositorySettings.KEY, repository);
    return runner.start(new AdoptStart(tools, repository, source, dump, progress), cancellation);
  }
}
