package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupChoice;
import io.parsecbackup.backup.BackupService;
import io.parsecbackup.backup.RepositorySettings;
import io.parsecbackup.cli.output.BackupText;
import io.parsecbackup.cli.output.Output;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows a backup or run. */
@Command(
    name = "show",
    description = "Shows one backup, or a run that published nothing.",
    mixinStandardHelpOptions = true)
public class ShowCommand implements Callable<Integer> {

  private final BackupService backups;
  private final RepositorySettings settings;

  @Mixin Output output;
  @Mixin RepositoryOption repository;
  @Mixin BackupId id;

  public ShowCommand(BackupService backups, RepositorySettings settings) {
    this.backups = backups;
    this.settings = settings;
  }

  @Override
  public Integer call() throws IOException {
    Backup backup = find(backups.in(repository.select(settings)).catalog());
    if (output.isJson()) {
      output.document(backup);
    } else {
      BackupText.lines(backup).forEach(output::line);
    }
    return 0;
  }

  private Backup find(BackupCatalog catalog) throws IOException {
    if (id.text.equals(BackupChoice.LATEST)) {
      BackupChoice choice = BackupChoice.of(catalog, id.text);
      choice.notices().forEach(output::errLine);
      return choice.intact();
    }
    return catalog
        .find(BackupChoice.id(id.text))
        .orElseThrow(() ->
            new Problem(
                Kind.NOT_FOUND,
                "the repository has no backup or run "
                    + id.text
                    + ", or it is damaged. Run 'list --all' to see all of them"));
  }
}
