package io.parsecbackup.cli;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupCatalog;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.backup.Backups;
import io.parsecbackup.repository.RunId;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One backup or run. */
@Command(
    name = "show",
    description = "Shows one backup, or a run that published nothing.",
    mixinStandardHelpOptions = true)
public class ShowCommand implements Callable<Integer> {

  private final Backups backups;

  @Mixin Output output;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      defaultValue = "latest",
      description = "Its id, or 'latest' (the default): the newest complete one.")
  String id;

  public ShowCommand(Backups backups) {
    this.backups = backups;
  }

  @Override
  public Integer call() throws IOException {
    Backup backup = find(backups.catalog());
    if (output.isJson()) {
      output.document(backup);
    } else {
      BackupText.lines(backup).forEach(output::line);
    }
    return 0;
  }

  private Backup find(BackupCatalog catalog) throws IOException {
    if (!id.equals("latest")) {
      RunId wanted =
          RunId.parse(id)
              .orElseThrow(() ->
                  new Problem(
                      Kind.CONFIGURATION,
                      "'" + id + "' is no backup's id: those look like 20261122T020000Z"));
      return catalog
          .find(wanted)
          .orElseThrow(() ->
              new Problem(
                  Kind.NOT_FOUND, catalogLacks("backup or run " + id + ", or it is damaged")));
    }
    Optional<Backup> latest = catalog.latest();
    String newestComplete = latest.map(Backup::id).orElse("");
    catalog.damaged().stream()
        .filter(damaged -> damaged.compareTo(newestComplete) > 0)
        .forEach(damaged -> output.aside("the newer backup " + damaged + " is damaged"));
    catalog.published().stream()
        .filter(backup -> backup.state() == BackupState.INCOMPLETE)
        .filter(backup -> backup.id().compareTo(newestComplete) > 0)
        .forEach(backup -> output.aside("the newer backup " + backup.id() + " is incomplete"));
    return latest.orElseThrow(() -> new Problem(Kind.NOT_FOUND, catalogLacks("complete backup")));
  }

  private static String catalogLacks(String what) {
    return "the repository has no " + what + ". 'list --all' shows what it has";
  }
}
