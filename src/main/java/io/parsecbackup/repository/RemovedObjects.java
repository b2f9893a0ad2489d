package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The objects that prunes remove. The index forgets an object before its file is removed, so a
 * later backup that refers to it fetches it again.
 */
public final class RemovedObjects {

  private final Storage storage;
  private final SourceBinding binding;

  RemovedObjects(Storage storage, SourceBinding binding) {
    this.storage = storage;
    this.binding = binding;
  }

  /** The prunes that have removed objects and whose ids are higher, oldest first. */
  public List<RunId> after(RunId id) throws IOException {
    return new Removals(storage).ids(one -> one.compareTo(id) > 0);
  }

  /**
   * Makes the index forget objects. It is on stable storage when this returns. Needs the lock.
   *
   * @param id of the prune
   * @param removed see {@link IndexRecord#asRemoved}
   * @param list a scratch file that does not exist yet
   */
  public void publish(RunId id, RecordStream<IndexRecord> removed, Path list) throws IOException {
    binding.allowRemovals();
    Segment segment = Segment.write(removed, list);
    storage.put(
        NewFile.replacing(Layout.removal(id), Content.of(segment.file(), segment.sha256())));
    storage.put(
        NewFile.ifAbsent(
            Layout.removalSeal(id),
            Content.of(SealedJson.seal(segment.seal(id, Segment.REMOVED)))));
  }
}
