package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The segment files of the index. A segment is valid only if a published backup's checksums, or its
 * own seal, contain its digest.
 */
final class Segments {

  private static final Logger LOG = Logger.getLogger(Segments.class);

  private final Layout layout;
  private final PublishedSegments published;

  Segments(Layout layout, PublishedSegments published) {
    this.layout = layout;
    this.published = published;
  }

  /** The valid segments with records whose ids pass, oldest first. Logs those it skips. */
  List<RunId> valid(Predicate<RunId> ids) throws IOException {
    List<RunId> segments = new ArrayList<>();
    for (RunId id : layout.files().ids(layout.index(), ".tsv")) {
      Path file = layout.segment(id);
      if (!ids.test(id) || layout.files().size(file) <= Segment.EMPTY) {
        continue;
      }
      if (digestNamedFor(id).isEmpty()) {
        LOG.warnf(
            "Skipped %s: no backup contains its digest, or the SHA256SUMS of its backup is damaged or"
                + " missing. Its objects are compared with the source again",
            file);
      } else if (damageOf(id).isPresent()) {
        LOG.warnf(
            "Skipped %s: it is damaged, because its digest is not the published one. Its objects"
                + " are compared with the source again",
            file);
      } else {
        segments.add(id);
      }
    }
    return segments;
  }

  /** The damaged segments up to {@code upTo} that no backup up to it has replaced. */
  List<RunId> damaged(RunId upTo, Predicate<RunId> ids) throws IOException {
    List<RunId> damaged = new ArrayList<>();
    for (RunId id : publishers()) {
      if (id.compareTo(upTo) <= 0
          && ids.test(id)
          && !isMadeUpFor(id, upTo)
          && damageOf(id).isPresent()) {
        damaged.add(id);
      }
    }
    return damaged;
  }

  /** The damage of a segment; empty if it is valid. */
  Optional<Damage> damageOf(RunId segment) throws IOException {
    Path file = layout.segment(segment);
    String name = layout.relative(file);
    Optional<String> named = digestNamedFor(segment);
    if (!layout.files().exists(file)) {
      return Optional.of(
          new Damage(name, Damage.Kind.LOST, named.orElse("a segment"), "no such file"));
    }
    if (named.isEmpty()) {
      return Optional.of(
          new Damage(
              name,
              Damage.Kind.UNREADABLE,
              "a digest in SHA256SUMS or in a seal",
              "no valid digest"));
    }
    try {
      String digest = layout.files().sha256(file);
      return digest.equals(named.get())
          ? Optional.empty()
          : Optional.of(new Damage(name, Damage.Kind.DIGEST, named.get(), digest));
    } catch (IOException e) {
      return Optional.of(new Damage(name, Damage.Kind.UNREADABLE, named.get(), String.valueOf(e)));
    }
  }

  private boolean isMadeUpFor(RunId segment, RunId upTo) {
    return layout
        .files()
        .sealed(layout.madeUpFor(segment))
        .flatMap(document -> RunId.parse(document.path("by").asText()))
        .filter(by -> by.compareTo(upTo) <= 0)
        .isPresent();
  }

  /** Ids of all runs that published a segment, oldest first. */
  private SortedSet<RunId> publishers() throws IOException {
    SortedSet<RunId> ids = new TreeSet<>(published.ids());
    ids.addAll(layout.files().ids(layout.index(), ".json"));
    return ids;
  }

  private Optional<String> digestNamedFor(RunId id) throws IOException {
    return layout.files().exists(layout.segmentSeal(id))
        ? layout.files().sealed(layout.segmentSeal(id)).map(seal -> seal.path("sha256").asText())
        : published.segmentDigest(id);
  }
}
