package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.cli.output.BackupText;
import io.parsecbackup.cli.output.Output;
import io.parsecbackup.copy.CopyStart;
import io.parsecbackup.copy.CopyState;
import io.parsecbackup.copy.CopyStates;
import io.parsecbackup.restore.JobService;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the backups of the repository. */
@Command(
    name = "list",
    description = "Lists the repository's backups, newest first.",
    mixinStandardHelpOptions = true)
public class ListCommand implements Callable<Integer> {

  private final BackupService backups;
  private final RepositorySettings settings;
  private final JobService jobs;
  private final CopyStates copies;

  @Mixin Output output;
  @Mixin RepositoryOption repository;

  @Option(names = "--all", description = "Also list runs that published nothing.")
  boolean all;

  public ListCommand(
      BackupService backups, RepositorySettings settings, JobService jobs, CopyStates copies) {
    this.backups = backups;
    this.settings = settings;
    this.jobs = jobs;
    this.copies = copies;
  }

  @Override
  public Integer call() throws IOException {
    RepositorySettings place = repository.select(settings);
    BackupService selected = backups.in(place);
    BackupCatalog catalog = selected.catalog();
    List<Backup> found = all ? catalog.all() : catalog.published();
    List<String> damaged = catalog.damaged();
    // The configured repository exists after the first backup. One that is named should exist.
    if (!repository.isConfigured() && place.repository().identity().isEmpty()) {
      throw new Problem(
          Problem.Kind.NOT_FOUND,
          "there is no repository at "
              + selected.location()
              + ": check --repository; a folder must be mounted, and a prefix be complete");
    }
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("backups", found);
      if (!damaged.isEmpty()) {
        document.put("damaged", damaged);
      }
      output.document(document);
      return 0;
    }
    if (found.isEmpty()) {
      output.line("no backup yet in " + selected.location());
    } else {
      output.line(BackupText.HEADER);
      found.stream().map(BackupText::row).forEach(output::line);
      output.line("repository: " + selected.location());
    }
    if (repository.isConfigured()) {
      copies().stream().map(BackupText::copy).forEach(output::line);
    }
    damaged.forEach(id ->
        output.errLine(
            "backup "
                + id
                + " is damaged: its backup.json cannot be read, or does not match its seal"));
    return 0;
  }

  /** A list does not need the copies: a setting of theirs that is wrong does not prevent it. */
  private List<CopyState> copies() throws IOException {
    try {
      return copies.read(jobs.history(CopyStart.KIND));
    } catch (Problem e) {
      output.errLine("parsec-backup: " + e.getMessage());
      return List.of();
    }
  }
}
