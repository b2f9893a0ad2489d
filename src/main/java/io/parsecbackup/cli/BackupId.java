package io.parsecbackup.cli;

import io.parsecbackup.backup.BackupChoice;
import picocli.CommandLine.Parameters;

/** The backup that a command is about. */
public class BackupId {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      defaultValue = BackupChoice.LATEST,
      description = "Its id, or 'latest' (the default): the newest complete one.")
  String text = BackupChoice.LATEST;
}
