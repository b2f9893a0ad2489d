package io.parsecbackup.cli;

import io.parsecbackup.backup.BackupChoice;
import picocli.CommandLine.Parameters;

/** The parameter that names a backup. */
public class BackupId {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      defaultValue = BackupChoice.LATEST,
      description = "The backup's id, or 'latest' (the default): the newest complete backup.")
  String text = BackupChoice.LATEST;
}
