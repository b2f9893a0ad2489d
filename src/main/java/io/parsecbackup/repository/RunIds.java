package io.parsecbackup.repository;

import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Assigns ids. Each id is higher than all earlier ones and belongs to one run only. */
final class RunIds {

  private static final Logger LOG = Logger.getLogger(RunIds.class);

  private static final RunId FIRST_UNUSED = new RunId("90000101T000000Z");

  private final Storage storage;
  private final ScratchFolders scratch;

  RunIds(Storage storage) {
    this.storage = storage;
    this.scratch = new ScratchFolders(storage.scratch());
  }

  /** Creates the scratch folder of a run that starts {@code now}, which reserves its id. */
  RunId reserve(Instant now) throws IOException {
    PrivateFiles.createFolders(scratch.root());
    return create(after(newest(), now));
  }

  /** As {@link #reserve(Instant)}, for a job that starts beside others, perhaps elsewhere. */
  RunId reserve(Instant now, RepositoryLocks.Held lock) throws IOException {
    RunId id = reserve(now);
    // A job elsewhere may even have ended since the newest id was read.
    while (!lock.claim(id) || CheckRecords.ids(storage).contains(id)) {
      scratch.delete(id);
      id = create(id.next());
    }
    return id;
  }

  private RunId create(RunId first) throws IOException {
    RunId id = first;
    while (true) {
      try {
        PrivateFiles.createFolder(scratch.of(id));
        return id;
      } catch (FileAlreadyExistsException e) {
        id = id.next();
      }
    }
  }

  private static RunId after(Optional<RunId> newest, Instant now) {
    RunId id = RunId.at(now);
    if (newest.isEmpty() || id.compareTo(newest.get()) > 0) {
      return id;
    }
    if (newest.get().instant().isAfter(now.plusSeconds(1))) {
      LOG.warnf(
          "The newest run %s is later than this machine's clock; new ids follow it", newest.get());
    }
    return newest.get().next();
  }

  private Optional<RunId> newest() throws IOException {
    List<String> index = storage.children(Layout.INDEX);
    return Stream.of(
            RunId.all(storage.children(Layout.BACKUPS), ""),
            scratch.ids(),
            RunId.all(storage.children(Layout.RUNS), ".json"),
            RunId.all(index, ".tsv"),
            RunId.all(index, Layout.REMOVED + ".json"),
            RunId.all(storage.children(Layout.ACCEPTED), ".json"),
            CheckRecords.ids(storage))
        .flatMap(List::stream)
        // This program assigns no such ids, and the last of them has no next one.
        .filter(id -> id.compareTo(FIRST_UNUSED) < 0)
        .max(Comparator.naturalOrder());
  }
}
