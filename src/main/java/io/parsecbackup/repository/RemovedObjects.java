package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The objects that prunes remove. The index forgets an object before its file is removed, so a
 * later backup that refers to it fetches it again.
 */
public final class RemovedObjects {

  private static final Logger LOG = Logger.getLogger(RemovedObjects.class);

  private final Storage storage;
  private final Documents documents;
  private final SourceBinding binding;

  RemovedObjects(Storage storage, SourceBinding binding) {
    this.storage = storage;
    this.documents = new Documents(storage);
    this.binding = binding;
  }

  /** The prunes that have removed objects and whose ids are higher, oldest first. */
  public List<RunId> after(RunId id) throws IOException {
    return new Removals(storage).ids(one -> one.compareTo(id) > 0);
  }

  /**
   * The records of the objects that the prunes with higher ids have removed, in key order.
   *
   * @param intermediate names a file that does not exist yet
   */
  public RecordStream<IndexRecord> open(RunId after, Supplier<Path> intermediate)
      throws IOException {
    return RecordStream.mergeAny(
        IndexCodec.INSTANCE,
        List.copyOf(new Removals(storage).valid(one -> one.compareTo(after) > 0).values()),
        intermediate);
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
    storage.put(NewFile.replacing(Layout.removal(id), Content.of(list, segment.sha256())));
    storage.put(
        NewFile.replacing(
            Layout.removalSeal(id),
            Content.of(SealedJson.seal(segment.seal(id, Segment.REMOVED)))));
  }

  /**
   * Deletes the files of an object that the index has forgotten. Needs the lock.
   *
   * @return whether all of them are gone; false if the storage refused to delete one
   */
  public boolean delete(String key) throws IOException {
    if (ObjectKey.refusal(key, storage).isPresent()) {
      return true;
    }
    try {
      storage.delete(Layout.OBJECTS + "/" + key);
      storage.deleteTree(Layout.CONFLICTS + "/" + key);
      return true;
    } catch (DeletionRefusedException e) {
      LOG.debugf("Cannot remove the object '%s': %s", key, e);
      return false;
    }
  }

  /**
   * Deletes lists without a seal, which are left by a killed prune. Needs the lock.
   *
   * @return how many stay, because the storage refused to delete them
   */
  public long clear(Cancellation cancellation) throws IOException {
    long refused = 0;
    Set<RunId> sealed =
        documents.ids(Layout.INDEX, Layout.REMOVED + ".json").stream().collect(Collectors.toSet());
    for (RunId id : documents.ids(Layout.INDEX, Layout.REMOVED + ".tsv")) {
      if (!sealed.contains(id)) {
        cancellation.throwIfCancelled();
        refused += new Leftovers(storage).delete(Layout.removal(id)) ? 0 : 1;
      }
    }
    return refused;
  }
}
