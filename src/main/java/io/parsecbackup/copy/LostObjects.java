package io.parsecbackup.copy;

import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Objects that a copy did not find at its source. A prune may have removed them since the copy was
 * planned, so they are not reported at once. Thread-safe.
 */
final class LostObjects {

  private final Path file;
  private final Journal journal;
  private boolean isAny;

  LostObjects(Workspace workspace) throws IOException {
    this.file = workspace.newFile();
    this.journal = Journal.append(file);
  }

  synchronized void add(IndexRecord entry) throws IOException {
    journal.add(entry);
    isAny = true;
  }

  synchronized boolean isAny() {
    return isAny;
  }

  /** Passes them to a reader and forgets them. */
  synchronized void drain(Journal.Reader reader) throws IOException {
    Journal.read(file, reader);
    journal.empty();
    isAny = false;
  }

  synchronized void close() throws IOException {
    journal.close();
  }
}
