package io.parsecbackup.restore;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.BackupState;
import io.parsecbackup.repository.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Objects that an incomplete backup lacks, since its source lacked them. */
final class MissingAtSource {

  private MissingAtSource() {}

  /** Names what it lacks as found. */
  static void report(JobSpace space, Backup backup) throws IOException {
    if (backup.state() != BackupState.INCOMPLETE) {
      return;
    }
    Path list = space.repository().layout().backup(space.id()).resolve(Layout.MISSING);
    if (!Files.exists(list)) {
      space.report().found("backups/" + backup.id(), "lost", "a complete backup", "incomplete");
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(list)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] columns = line.split("\t", 2);
        space
            .report()
            .found(
                columns[0],
                "lost",
                "an object of the source",
                columns.length > 1 ? columns[1] : "missing when the backup was taken");
      }
    }
  }
}
