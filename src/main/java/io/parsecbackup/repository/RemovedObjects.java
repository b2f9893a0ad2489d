package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The objects that prunes remove. The index forgets an object before its file is removed, so a
 * later backup that refers to it fetches it again.
 */
public final class RemovedObjects {

  private final Layout layout;
  private final StableStorage storage;
  private final SourceBinding binding;

  RemovedObjects(Layout layout, StableStorage storage, SourceBinding binding) {
    this.layout = layout;
    this.storage = storage;
    this.binding = binding;
  }

  /** The prunes that have removed objects and whose ids are higher, oldest first. */
  public List<RunId> after(RunId id) throws IOException {
    return new Removals(layout).ids(one -> one.compareTo(id) > 0);
  }

  /**
   * Makes the index forget objects. It is on stable storage when this returns. Needs the lock.
   *
   * @param id of the prune
   * @param removed see {@link IndexRecord#asRemoved}
   * @param list a scratch file that does not exist yet
   * @param seal likewise
   */
  public void publish(RunId id, RecordStream<IndexRecord> removed, Path list, Path seal)
      throws IOException {
    binding.allowRemovals();
    Segment segment = Segment.write(removed, list);
    storage.flush(list);
    storage.rename(list, layout.removal(id));
    storage.publish(
        seal, layout.removalSeal(id), SealedJson.seal(segment.seal(id, Segment.REMOVED)));
  }
}
