package io.parsecbackup.cli;

import io.parsecbackup.TargetText;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.RestoreRequest;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Restores a backup. */
@Command(
    name = "restore",
    description = {
      "Restores a backup: objects first, database last. Stop the Parsec server first.",
      "Without --replace, a database that is not empty is not changed. With it, the backup is"
          + " restored into a new database, which then replaces the old one. The old database is"
          + " kept under another name.",
      "After an interruption, run the same command again to finish."
    },
    mixinStandardHelpOptions = true)
public class RestoreCommand implements Callable<Integer> {

  private final JobService jobs;
  private final RepositorySettings settings;

  @Mixin Output output;
  @Mixin RepositoryOption repository;
  @Mixin BackupId id;

  @Option(
      names = "--database",
      paramLabel = "TARGET",
      description =
          "Target database: env:NAME, @file, or a URI without a password. Default: PARSEC_DB.")
  Optional<String> database = Optional.empty();

  @Option(
      names = "--blockstore",
      paramLabel = "TARGET",
      description =
          "Target of the objects: env:NAME or @file, with a value such as that of"
              + " PARSEC_BLOCKSTORE, which is the default.")
  Optional<String> blockstore = Optional.empty();

  @Option(
      names = "--only",
      paramLabel = "HALF",
      description = "Restore only the 'database' or only the 'objects'.")
  Optional<Half> only = Optional.empty();

  @Option(
      names = "--replace",
      description = "Replace a database that is not empty, and objects that differ.")
  boolean replace;

  @Option(names = "--dry-run", description = "Report what would be done, without doing it.")
  boolean dryRun;

  @Option(
      names = "--all-objects",
      description =
          "Upload every object that the repository had at the backup. Default: those that the dump"
              + " refers to, so that blocks purged before the backup stay purged.")
  boolean allObjects;

  /** The values of --only. */
  enum Half {
    database,
    objects
  }

  public RestoreCommand(JobService jobs, RepositorySettings settings) {
    this.jobs = jobs;
    this.settings = settings;
  }

  @Override
  public Integer call() {
    RestoreRequest request =
        new RestoreRequest(
            database.map(text -> new TargetText("--database", text)),
            blockstore.map(text -> new TargetText("--blockstore", text)),
            only.map(RestoreCommand::part).orElse(RestoreRequest.Part.ALL),
            replace,
            dryRun,
            allObjects);
    return new JobOutput(output)
        .run(jobs.in(repository.select(settings)).restore(id.text, request, Trigger.CLI));
  }

  private static RestoreRequest.Part part(Half half) {
    return switch (half) {
      case database -> RestoreRequest.Part.DATABASE;
      case objects -> RestoreRequest.Part.OBJECTS;
    };
  }
}
