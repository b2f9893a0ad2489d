package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** The objects that a run could not fetch. Several threads may add to them. */
final class FetchFailures {

  private static final Logger LOG = Logger.getLogger(FetchFailures.class);

  private final LimitedWarnings warnings =
      new LimitedWarnings(
          LOG,
          "more objects could not be fetched; missing.txt names those that the dump refers to");
  private final RecordSorter<FetchFailure> sorter;

  FetchFailures(Path scratch) {
    this.sorter = new RecordSorter<>(FetchFailure.CODEC, scratch, "failures");
  }

  synchronized void add(String key, FetchFailure.Kind kind, String reason) throws IOException {
    sorter.add(new FetchFailure(key, kind, reason));
  }

  /** Adds and logs an object that is not in the repository although the source has it. */
  void notStored(String key, IOException why) throws IOException {
    warn(false, "the object '%s' cannot be stored: %s", key, String.valueOf(why.getMessage()));
    add(key, FetchFailure.Kind.UNREADABLE, "not stored: " + why.getMessage());
  }

  /**
   * Logs a failure.
   *
   * @param isAccepted whether the loss of the object is accepted, so that it needs no warning
   */
  void warn(boolean isAccepted, String format, Object... values) {
    if (isAccepted) {
      LOG.debugf(format, values);
    } else {
      warnings.warnf(format, values);
    }
  }

  /** All failures in key order. None may be added afterwards. */
  RecordStream<FetchFailure> sorted() throws IOException {
    return sorter.sorted();
  }
}
