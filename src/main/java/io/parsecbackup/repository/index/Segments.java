package io.parsecbackup.repository.index;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The segment files of the index. A segment is valid only if a published backup's checksums, or its
 * own seal, contain its digest.
 */
final class Segments {

  private static final Logger LOG = Logger.getLogger(Segments.class);

  private static final String NO_DIGEST = "no valid digest";

  private final Storage storage;
  private final Documents documents;
  private final PublishedSegments published;

  Segments(Storage storage, PublishedSegments published) {
    this.storage = storage;
    this.documents = new Documents(storage);
    this.published = published;
  }

  /**
   * Local copies of the valid segments with records whose ids pass, oldest first. Logs those it
   * skips.
   */
  SortedMap<RunId, Path> valid(Predicate<RunId> ids) throws IOException {
    return valid(ids, id -> false);
  }

  /**
   * As {@link #valid(Predicate)}.
   *
   * @throws IOException also when one of them is damaged, or was not read, and no backup up to
   *     {@code upTo} has replaced it
   */
  SortedMap<RunId, Path> all(Predicate<RunId> ids, RunId upTo) throws IOException {
    SortedSet<RunId> publishers = publishers(IndexFiles.of(storage));
    return valid(ids, id -> publishers.contains(id) && !isMadeUpFor(id, upTo));
  }

  private SortedMap<RunId, Path> valid(Predicate<RunId> ids, Predicate<RunId> isNeeded)
      throws IOException {
    SortedMap<RunId, Path> segments = new TreeMap<>();
    IndexFiles files = IndexFiles.of(storage);
    Set<RunId> revoked = published.revoked();
    for (RunId id : files.withRecords()) {
      if (!ids.test(id) || revoked.contains(id)) {
        continue;
      }
      switch (read(id, files)) {
        case IndexFile.Valid(Path file) -> segments.put(id, file);
        case IndexFile.Damaged(Damage damage) -> {
          if (isNeeded.test(id)) {
            throw new IOException(storage.locate(Layout.segment(id)) + " cannot be read");
          }
          LOG.warnf(
              damage.found().equals(NO_DIGEST)
                  ? "Skipped %s: no backup contains its digest, or the SHA256SUMS of its backup"
                      + " is damaged or missing. Its objects are compared with the source again"
                  : "Skipped %s: it is damaged, because its digest is not the published one. Its"
                      + " objects are compared with the source again",
              storage.locate(Layout.segment(id)));
        }
      }
    }
    return segments;
  }

  /** The damaged segments up to {@code upTo} that no backup up to it has replaced, oldest first. */
  SortedMap<RunId, Damage> damaged(RunId upTo, Predicate<RunId> ids) throws IOException {
    SortedMap<RunId, Damage> damaged = new TreeMap<>();
    IndexFiles files = IndexFiles.of(storage);
    for (RunId id : publishers(files)) {
      if (id.compareTo(upTo) <= 0 && ids.test(id) && !isMadeUpFor(id, files, upTo)) {
        read(id, files).problem().ifPresent(damage -> damaged.put(id, damage));
      }
    }
    return damaged;
  }

  /** The ids of the segments that a backup or a seal names. */
  private SortedSet<RunId> publishers(IndexFiles files) throws IOException {
    SortedSet<RunId> publishers = new TreeSet<>(published.ids());
    publishers.addAll(files.seals());
    publishers.removeAll(published.revoked());
    return publishers;
  }

  /**
   * Whether a segment up to {@code upTo} does not exist, and a later run has replaced it: a copy
   * did not get it.
   */
  boolean isAnyReplacedLater(RunId upTo) throws IOException {
    List<String> names = storage.children(Layout.INDEX);
    for (RunId id : RunId.all(names, Layout.MADE_UP_FOR)) {
      if (id.compareTo(upTo) <= 0 && !names.contains(id + ".tsv") && !isMadeUpFor(id, upTo)) {
        return true;
      }
    }
    return false;
  }

  private IndexFile read(RunId segment, IndexFiles files) {
    String name = Layout.segment(segment);
    Optional<String> named = digestNamedFor(segment, files);
    if (named.isPresent()) {
      return IndexFile.read(storage, name, named.get());
    }
    return files.hasSegment(segment)
        ? IndexFile.damaged(
            name, Damage.Kind.UNREADABLE, "a digest in SHA256SUMS or in a seal", NO_DIGEST)
        : IndexFile.damaged(name, Damage.Kind.LOST, "a segment", "no such file");
  }

  private boolean isMadeUpFor(RunId segment, IndexFiles files, RunId upTo) {
    return files.isMadeUpFor(segment) && isMadeUpFor(segment, upTo);
  }

  /** Whether a backup up to {@code upTo} has replaced a segment. */
  boolean isMadeUpFor(RunId segment, RunId upTo) {
    return documents
        .sealed(Layout.madeUpFor(segment))
        .flatMap(document -> RunId.parse(document.path("by").asText()))
        .filter(by -> by.compareTo(upTo) <= 0)
        .isPresent();
  }

  private Optional<String> digestNamedFor(RunId id, IndexFiles files) {
    Optional<ObjectNode> seal =
        files.hasSeal(id) ? documents.sealed(Layout.segmentSeal(id)) : Optional.empty();
    return seal.map(document -> document.path("sha256").asText())
        .or(() -> published.segmentDigest(id));
  }
}
