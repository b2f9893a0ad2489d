package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.encryption.IdentityFile;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;

/** The objects that a backup does not have, because its source did not have them. */
final class MissingAtSource {

  private MissingAtSource() {}

  /** Reports each missing object as a finding, and the number of accepted losses as a warning. */
  static void report(BackupContents contents, Backup backup) throws IOException {
    JobContext context = contents.context();
    if (!contents.canBeRead()) {
      context
          .report()
          .warn(
              "the backup's list of missing objects, if it has one, is encrypted and was not read,"
                  + " because "
                  + IdentityFile.KEY
                  + " is not set");
      return;
    }
    Optional<ReadableFile> list = list(contents);
    if (list.isEmpty()) {
      if (backup.state() == JobState.INCOMPLETE) {
        context.report().found("backups/" + backup.id(), "lost", "a complete backup", "incomplete");
      }
      return;
    }
    long accepted = 0;
    String first = "";
    try (MissingList lines = new MissingList(list.get())) {
      while (lines.hasNext()) {
        MissingList.Line line = lines.next();
        if (line.isAccepted()) {
          first = accepted == 0 ? line.key() : first;
          accepted++;
        } else {
          context.report().found(line.key(), "lost", "an object of the source", line.reason());
        }
      }
    }
    if (accepted > 0) {
      context
          .report()
          .warn(
              "accepted losses, which a restore cannot recover: "
                  + accepted
                  + (accepted == 1 ? ", " : ", the first is ")
                  + first
                  + ". Files that need them cannot be opened; backups/"
                  + backup.id()
                  + "/"
                  + list.get().path().getFileName()
                  + " names them");
    }
  }

  /** The objects that the backup lists as missing; none if it has no list that can be read. */
  static Lines lines(BackupContents contents) throws IOException {
    if (!contents.canBeRead()) {
      return new Lines(Optional.empty());
    }
    Optional<ReadableFile> list = list(contents);
    return new Lines(
        list.isPresent() ? Optional.of(new MissingList(list.get())) : Optional.empty());
  }

  /** Ignores a file of that name if the backup was published without one. */
  private static Optional<ReadableFile> list(BackupContents contents) throws IOException {
    try {
      return contents.list(Layout.MISSING);
    } catch (Problem damaged) {
      if (damaged.kind() != Problem.Kind.REPOSITORY) {
        throw damaged;
      }
      // The damage was already reported. The lines that can be read are still useful.
      return contents.unprovenList(Layout.MISSING);
    }
  }

  /** The lines of the list, in key order. */
  record Lines(Optional<MissingList> lines) implements Iterator<MissingList.Line>, AutoCloseable {

    @Override
    public boolean hasNext() {
      return lines.isPresent() && lines.get().hasNext();
    }

    @Override
    public MissingList.Line next() {
      return lines.orElseThrow().next();
    }

    @Override
    public void close() throws IOException {
      if (lines.isPresent()) {
        lines.get().close();
      }
    }
  }
}
