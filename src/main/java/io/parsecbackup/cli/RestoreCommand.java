package io.parsecbackup.cli;

import io.parsecbackup.cli.output.Output;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.restore.JobService;
import io.parsecbackup.restore.RestoreRequest;
import io.parsecbackup.restore.TargetText;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings a backup back. */
@Command(
    name = "restore",
    description = {
      "Brings a backup back: objects first, SQL last. Stop the Parsec server before.",
      "A database that holds anything is left alone without --replace; with it, the backup goes into"
          + " a new database that then takes its name, and the old one is kept under another.",
      "Cut off, the same command again does the rest."
    },
    mixinStandardHelpOptions = true)
public class RestoreCommand implements Callable<Integer> {

  private final JobService jobs;

  @Mixin Output output;
  @Mixin BackupId id;

  @Option(
      names = "--database",
      paramLabel = "TARGET",
      description =
          "Where the SQL goes: env:NAME, @file, or a URI without a password. Default: PARSEC_DB.")
  Optional<String> database = Optional.empty();

  @Option(
      names = "--blockstore",
      paramLabel = "TARGET",
      description =
          "Where the objects go: env:NAME or @file, in Parsec's grammar. Default:"
              + " PARSEC_BLOCKSTORE.")
  Optional<String> blockstore = Optional.empty();

  @Option(
      names = "--only",
      paramLabel = "HALF",
      description = "Only the 'database' or only the 'objects'.")
  Optional<Half> only = Optional.empty();

  @Option(
      names = "--replace",
      description = "Replaces a database that holds something, and objects that differ.")
  boolean replace;

  @Option(names = "--dry-run", description = "Says what it would do, and does nothing.")
  boolean dryRun;

  @Option(
      names = "--all-objects",
      description =
          "Sends every object that the repository held at the backup. Default: those that the dump"
              + " refers to, so that blocks purged before the backup stay purged.")
  boolean allObjects;

  /** As an operator writes them. */
  enum Half {
    database,
    objects
  }

  public RestoreCommand(JobService jobs) {
    this.jobs = jobs;
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
    return new JobOutput(output).run(jobs.restore(id.text, request, Trigger.CLI));
  }

  private static RestoreRequest.Part part(Half half) {
    return switch (half) {
      case database -> RestoreRequest.Part.DATABASE;
      case objects -> RestoreRequest.Part.OBJECTS;
    };
  }
}
