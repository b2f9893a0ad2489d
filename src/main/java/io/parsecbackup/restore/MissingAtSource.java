package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/** The objects that a backup does not have, because its source did not have them. */
final class MissingAtSource {

  private MissingAtSource() {}

  /** Reports each missing object as a finding, and the number of accepted losses as a warning. */
  static void report(JobContext context, Backup backup) throws IOException {
    Optional<Path> list = list(context);
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
                  + "/missing.txt names them");
    }
  }

  /** The objects that the backup lists as missing; none if it has no list. */
  static Lines lines(JobContext context) throws IOException {
    Optional<Path> list = list(context);
    return new Lines(
        list.isPresent() ? Optional.of(new MissingList(list.get())) : Optional.empty());
  }

  /** Ignores a file of that name if the backup was published without one. */
  private static Optional<Path> list(JobContext context) throws IOException {
    try {
      return context.repository().files().proven(context.id(), Layout.MISSING);
    } catch (Problem damaged) {
      // The damage was already reported. The lines that can be read are still useful.
      Storage storage = context.repository().storage();
      String list = Layout.backup(context.id()) + "/" + Layout.MISSING;
      return storage.find(list).isEmpty()
          ? Optional.empty()
          : Optional.of(storage.local(list, Optional.empty()));
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
