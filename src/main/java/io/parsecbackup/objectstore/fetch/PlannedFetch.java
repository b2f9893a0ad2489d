package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.objectstore.raid.FetchRequest;
import io.parsecbackup.objectstore.raid.ListedSize;
import io.parsecbackup.objectstore.raid.SourceObject;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.Reference;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An object that a run has to fetch.
 *
 * @param size as the dump's rows or the listing say; empty if neither is known, or if rows differ
 * @param etag as the listing shows it; empty if it is unknown
 * @param lastModified as the listing shows it; empty if it is unknown
 * @param covered whether the object is covered once it is in the repository with this size
 */
record PlannedFetch(
    String key,
    Optional<ListedSize> size,
    String etag,
    Optional<Instant> lastModified,
    boolean covered) {

  private static final String CHUNKS = "chunks ";
  private static final String COVERED = "covered";
  private static final String OPEN = "open";

  /** Writes planned fetches to scratch files. */
  static final RecordCodec<PlannedFetch> CODEC =
      new ColumnCodec<>(
          PlannedFetch::key,
          4,
          planned ->
              List.of(
                  planned.size.map(PlannedFetch::format).orElse(""),
                  planned.etag,
                  planned.lastModified.map(date -> Long.toString(date.toEpochMilli())).orElse(""),
                  planned.covered ? COVERED : OPEN),
          columns ->
              new PlannedFetch(
                  columns.get(0),
                  filled(columns.get(1)).map(PlannedFetch::parseSize),
                  columns.get(2),
                  filled(columns.get(3)).map(Long::parseLong).map(Instant::ofEpochMilli),
                  columns.get(4).equals(COVERED)));

  /** An object that the dump refers to and the listing does not show, or that was not listed. */
  static PlannedFetch of(Reference reference) {
    return new PlannedFetch(
        reference.key(), size(reference), "", Optional.empty(), reference.size().isPresent());
  }

  /** A listed object that the dump does not refer to. */
  static PlannedFetch of(SourceObject listed) {
    return new PlannedFetch(
        listed.key(),
        Optional.of(listed.size()),
        listed.etag(),
        date(listed.lastModified()),
        false);
  }

  /** A listed object that the dump refers to. It is covered if it has the size of its row. */
  static PlannedFetch of(Reference reference, SourceObject listed) {
    Optional<ListedSize> size =
        switch (listed.size()) {
          case ListedSize.Whole whole -> Optional.of(whole);
          case ListedSize.Chunks chunks -> size(reference);
        };
    boolean covered =
        size.isPresent()
            && size.get() instanceof ListedSize.Whole(long bytes)
            && reference.hasSize(bytes);
    return new PlannedFetch(
        listed.key(), size, listed.etag(), date(listed.lastModified()), covered);
  }

  /** An object that the repository has, or had. */
  static PlannedFetch of(IndexRecord entry) {
    return new PlannedFetch(
        entry.key(),
        Optional.of(new ListedSize.Whole(entry.size())),
        entry.etag(),
        date(entry.lastModified()),
        entry.covered());
  }

  /** A damaged object that neither the dump nor the listing names. */
  static PlannedFetch of(String key) {
    return new PlannedFetch(key, Optional.empty(), "", Optional.empty(), false);
  }

  /**
   * The object's size in bytes; empty if it is unknown, or if only the length of chunks is known.
   */
  OptionalLong bytes() {
    return size.isPresent() && size.get() instanceof ListedSize.Whole(long bytes)
        ? OptionalLong.of(bytes)
        : OptionalLong.empty();
  }

  FetchRequest request() {
    return new FetchRequest(key, bytes(), etag, "");
  }

  private static Optional<ListedSize> size(Reference reference) {
    OptionalLong size = reference.size();
    return size.isPresent()
        ? Optional.of(new ListedSize.Whole(size.getAsLong()))
        : Optional.empty();
  }

  /** A listing without a valid date has the epoch as its date. */
  private static Optional<Instant> date(Instant lastModified) {
    return Optional.of(lastModified).filter(date -> !date.equals(Instant.EPOCH));
  }

  private static String format(ListedSize size) {
    return switch (size) {
      case ListedSize.Whole(long bytes) -> Long.toString(bytes);
      case ListedSize.Chunks(long bytes) -> CHUNKS + bytes;
    };
  }

  private static ListedSize parseSize(String text) {
    return text.startsWith(CHUNKS)
        ? new ListedSize.Chunks(Long.parseLong(text.substring(CHUNKS.length())))
        : new ListedSize.Whole(Long.parseLong(text));
  }

  private static Optional<String> filled(String text) {
    return Optional.of(text).filter(value -> !value.isEmpty());
  }
}
