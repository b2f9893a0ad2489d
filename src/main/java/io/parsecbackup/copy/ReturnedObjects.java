package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.copy.plan.KnownObjects;
import io.parsecbackup.copy.plan.PlannedObjects;
import io.parsecbackup.copy.plan.PlannedSegment;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.encryption.DecryptionException;
import io.parsecbackup.repository.encryption.ReadableFile;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.ReferenceStream;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The objects that a place has removed by rules of its own, that the original still has, and that a
 * backup needs which is copied now. No new segment names them, because the original never forgot
 * them.
 *
 * @param originals the ids of the original's segments
 */
record ReturnedObjects(
    CopySource source, CopyPlace place, KnownObjects known, Set<RunId> originals) {

  /**
   * Finds them. If it cannot be known which objects a backup needs, these are all that the place
   * has removed.
   */
  PlannedObjects plan(List<PlannedSegment> segments) throws IOException {
    Workspace workspace = place.workspace();
    Removals.Lists removals = new Removals(place.repository().storage()).read(any -> true);
    List<RunId> backups =
        segments.stream().filter(PlannedSegment::isBackup).map(PlannedSegment::id).toList();
    try (PlannedObjects.Writer planned =
        new PlannedObjects.Writer(workspace.newFile(), workspace.newFile())) {
      if (!backups.isEmpty() && !removals.valid().isEmpty()) {
        Optional<List<Path>> lists = references(backups);
        try (RecordStream<IndexRecord> removed =
                RecordStream.mergeAny(
                        IndexCodec.INSTANCE,
                        List.copyOf(removals.valid().values()),
                        workspace::newFile)
                    .without(known.open());
            RecordStream<IndexRecord> original =
                source.repository().index().open(List.of(), workspace::newFile);
            RecordStream<String> needed =
                RecordStream.mergeAny(
                    ColumnCodec.KEYS, lists.orElse(List.of()), workspace::newFile);
            RecordStream<IndexRecord> copied =
                RecordStream.mergeAny(
                    IndexCodec.INSTANCE, copied(segments, removals), workspace::newFile)) {
          while (removed.hasNext()) {
            source.cancellation().throwIfCancelled();
            String key = removed.next().key();
            Optional<IndexRecord> entry = original.take(key);
            // The original may have forgotten it too, and fetched it again.
            boolean isCopied = copied.take(key).filter(record -> !record.removed()).isPresent();
            if (entry.isPresent()
                && !isCopied
                && (lists.isEmpty() || needed.take(key).isPresent())) {
              planned.place(entry.get());
            }
          }
        }
      }
      return planned.finish();
    }
  }

  /**
   * What segments bring and prunes of the place remove, oldest first. In the index of the place a
   * removal replaces the record of an older segment, also if the segment is published only now.
   */
  private static List<Path> copied(List<PlannedSegment> segments, Removals.Lists removals) {
    SortedMap<RunId, Path> files = new TreeMap<>();
    for (PlannedSegment segment : segments) {
      if (removals.newestDamaged().filter(id -> id.compareTo(segment.id()) > 0).isEmpty()) {
        segment.objects().ifPresent(objects -> files.put(segment.id(), objects.place()));
      }
    }
    files.putAll(removals.valid());
    return List.copyOf(files.values());
  }

  /** The keys that backups refer to; empty if a list cannot be read. */
  private Optional<List<Path>> references(List<RunId> backups) throws IOException {
    List<Path> lists = new ArrayList<>();
    for (RunId id : backups) {
      try {
        Optional<ReadableFile> list =
            source.repository().files().readable(id, Layout.REFERENCES, source.encryption());
        if (list.isEmpty()) {
          return Optional.empty();
        }
        lists.add(
            list.get().isEncrypted()
                ? ReferenceStream.keys(list.get(), place.workspace().newFile())
                : list.get().path());
      } catch (Problem e) {
        // It is damaged, or the server did not answer: see WaitingBackups.
        if (e.kind() != Kind.REPOSITORY) {
          return Optional.empty();
        }
      } catch (DecryptionException | UncheckedIOException e) {
        return Optional.empty();
      }
    }
    return Optional.of(lists);
  }

  /** The records of a segment that an earlier copy has made; empty if it is damaged. */
  Optional<Path> made(RunId id) throws IOException {
    Repository target = place.repository();
    Optional<String> digest = SegmentSeals.of(target).digest(id);
    try {
      return digest.isEmpty()
          ? Optional.empty()
          : Optional.of(target.storage().local(Layout.segment(id), digest));
    } catch (DigestMismatchException | NoSuchFileException e) {
      // Backups are compared with the index before they are published.
      return Optional.empty();
    }
  }

  /** Makes room for a segment of the original, with the id of one that an earlier copy has made. */
  void release(PlannedSegment segment) throws IOException {
    RunId id = segment.id();
    Storage storage = place.repository().storage();
    place.lock().requireHeld();
    if (!new Leftovers(storage).delete(Layout.segmentSeal(id))) {
      ObjectNode seal = SegmentSeals.waiting(id, segment.sha256());
      storage.put(NewFile.replacing(Layout.segmentSeal(id), Content.of(SealedJson.seal(seal))));
    }
  }

  /**
   * Makes the index of the place name objects again that are there, by a new segment. It is on
   * stable storage when this returns.
   *
   * @param records files with index records, oldest first
   * @param from the first id that the segment may have
   * @return the first id that the next one may have
   */
  RunId publish(List<Path> records, RunId from) throws IOException {
    RunId id = from;
    while (isUsed(id)) {
      id = id.next();
    }
    Storage storage = place.repository().storage();
    Segment segment;
    try (RecordStream<IndexRecord> all = RecordStream.merge(IndexCodec.INSTANCE, records)) {
      segment = Segment.write(all, place.workspace().newFile());
    }
    storage.putUnflushed(
        NewFile.replacing(Layout.segment(id), Content.of(segment.file(), segment.sha256())));
    storage.flush(source.cancellation());
    place.lock().requireHeld();
    storage.put(
        NewFile.replacing(
            Layout.segmentSeal(id),
            Content.of(SealedJson.seal(segment.seal(id, Segment.RETURNED)))));
    return id.next();
  }

  /** Backups rely on what is published, so nothing of it is written again. */
  private boolean isUsed(RunId id) throws IOException {
    Documents there = new Documents(place.repository().storage());
    return originals.contains(id)
        || there.exists(Layout.segment(id))
        || there.exists(Layout.segmentSeal(id))
        || there.exists(Layout.removalSeal(id));
  }
}
