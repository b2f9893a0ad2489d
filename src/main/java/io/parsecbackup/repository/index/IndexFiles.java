package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files under {@code index/} at one moment: which segments exist, which have records and which
 * have a seal.
 *
 * @param names the last parts of all names, whatever they are
 * @param sizes of the regular files in bytes
 */
record IndexFiles(Set<String> names, Map<String, Long> sizes) {

  static IndexFiles of(Storage storage) throws IOException {
    Set<String> names = new TreeSet<>(storage.children(Layout.INDEX));
    Map<String, Long> sizes = new TreeMap<>();
    String folder = Layout.INDEX + "/";
    for (Iterator<StoredFile> files = storage.list(folder); files.hasNext(); ) {
      StoredFile file = files.next();
      sizes.put(file.name().substring(folder.length()), file.size());
    }
    return new IndexFiles(names, sizes);
  }

  /** The segments with records, oldest first. */
  List<RunId> withRecords() {
    return RunId.all(sizes.keySet(), ".tsv").stream()
        .filter(id -> sizes.getOrDefault(id + ".tsv", 0L) > Segment.EMPTY)
        .toList();
  }

  boolean hasSegment(RunId id) {
    return names.contains(id + ".tsv");
  }

  /** Whether the segment has a seal of its own. */
  boolean hasSeal(RunId id) {
    return names.contains(id + ".json");
  }

  /** The runs that published a segment that belongs to no backup, oldest first. */
  List<RunId> seals() {
    return RunId.all(names, ".json");
  }

  boolean isMadeUpFor(RunId segment) {
    return names.contains(segment + Layout.MADE_UP_FOR);
  }
}
