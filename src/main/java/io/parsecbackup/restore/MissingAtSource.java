package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobState;
import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.storage.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/** Objects that a backup does not have, since its source did not have them. */
final class MissingAtSource {

  private MissingAtSource() {}

  /** Names what is missing as found, and counts the losses that were accepted. */
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
              "accepted losses, which no restore brings back: "
                  + accepted
                  + (accepted == 1 ? ", " : ", the first of them ")
                  + first
                  + ". Files that need them will not open; backups/"
                  + backup.id()
                  + "/missing.txt names them");
    }
  }

  /** What the backup itself says it does not have; nothing where there is no list. */
  static Lines lines(JobContext context) throws IOException {
    Optional<Path> list = list(context);
    return new Lines(
        list.isPresent() ? Optional.of(new MissingList(list.get())) : Optional.empty());
  }

  /** A file of that name that the backup was published without says nothing. */
  private static Optional<Path> list(JobContext context) throws IOException {
    try {
      return context.repository().files().proven(context.id(), Layout.MISSING);
    } catch (Problem damaged) {
      // Told of already; what can be read of it is better than nothing.
      Path list = context.repository().layout().backup(context.id()).resolve(Layout.MISSING);
      return context.repository().layout().files().find(list).map(found -> list);
    }
  }

  /** In key order. */
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
