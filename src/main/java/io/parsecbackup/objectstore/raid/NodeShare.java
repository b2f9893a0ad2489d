package io.parsecbackup.objectstore.raid;

import io.parsecbackup.parsec.ByteSource;
import io.parsecbackup.parsec.Raid0;
import io.parsecbackup.parsec.Raid5;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.index.IndexRecord;
import java.util.Optional;

/** The part of a backup's objects that one bucket of a target stores. */
public sealed interface NodeShare {

  /** Every object, whole. */
  record Whole() implements NodeShare {}

  /** As a node of RAID0: some objects, whole. */
  record Some(int node, int nodes) implements NodeShare {}

  /** As a node of RAID5: one chunk of every object. */
  record Chunks(Raid5 layout, int node) implements NodeShare {}

  /**
   * The share of one node of a RAID.
   *
   * @param node its index
   */
  static NodeShare of(RaidMode mode, int node, int nodes) {
    return switch (mode) {
      case RAID0 -> new Some(node, nodes);
      case RAID1 -> new Whole();
      case RAID5 -> new Chunks(new Raid5(nodes), node);
    };
  }

  /** Whether the bucket stores anything of the object {@code key}. */
  default boolean has(String key) {
    return switch (this) {
      case Whole whole -> true;
      case Some some -> Raid0.node(key, some.nodes()) == some.node();
      case Chunks chunks -> true;
    };
  }

  /** How many bytes of the object the bucket stores. */
  default long size(IndexRecord entry) {
    return switch (this) {
      case Whole whole -> entry.size();
      case Some some -> entry.size();
      case Chunks chunks -> chunks.layout().chunkLength(entry.size());
    };
  }

  /**
   * The ETag that those bytes had at the source; empty if the source did not store the same part.
   */
  default String etag(IndexRecord entry) {
    return switch (this) {
      case Whole whole -> NodeEtags.ofWhole(entry.etag());
      case Some some -> NodeEtags.ofWhole(entry.etag());
      case Chunks(Raid5 layout, int node) -> {
        Optional<NodeEtags> known = NodeEtags.of(RaidMode.RAID5, layout.nodes(), entry.etag());
        yield known.isPresent() ? known.get().part(node) : "";
      }
    };
  }

  /** The bytes that the bucket stores, as a view of the whole object. */
  default ByteSource bytes(ByteSource object, long size) {
    return switch (this) {
      case Whole whole -> object;
      case Some some -> object;
      case Chunks(Raid5 layout, int node) -> layout.chunk(object, size, node);
    };
  }

  /** Describes the expected bytes, for a report. */
  default String describe(IndexRecord entry) {
    String whole = entry.size() + " bytes, SHA-256 " + entry.sha256();
    return switch (this) {
      case Whole all -> whole;
      case Some some -> whole;
      case Chunks chunks -> "the chunk of " + size(entry) + " bytes of an object of " + whole;
    };
  }
}
