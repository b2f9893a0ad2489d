package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * What a run has to do, found out by joining three streams in key order: what the dump refers to,
 * what the repository knows, and what the bucket lists. None of them, nor what comes out, is ever
 * held as a whole.
 */
final class FetchPlan {

  private static final Logger LOG = Logger.getLogger(FetchPlan.class);
  private static final String NO_DIGEST = "0".repeat(64);

  /** In a record: nobody says how large the object has to be. */
  static final long ANY_SIZE = -1;

  /** Whether the object as it is listed is the one that is held. */
  @FunctionalInterface
  interface Sameness {
    boolean isSame(IndexRecord held, IndexRecord listed);
  }

  private final FetchOptions order;
  private final Workspace workspace;
  private final ObjectFiles objects;
  private final FetchCounters counters;
  private final Sameness sameness;
  private final KeyGuard guard = new KeyGuard();
  private final LimitedWarnings refused =
      new LimitedWarnings(LOG, "more keys are refused; objects.refused counts them");
  private final RecordSorter<IndexRecord> fetch;
  private final RecordSorter<IndexRecord> recheck;
  private final RecordSorter<IndexRecord> replaced;
  private final RecordSorter<IndexRecord> unproven;
  private boolean asksTheSource;

  /**
   * @param scratch a folder of this plan's own
   */
  FetchPlan(
      FetchOptions order,
      Workspace workspace,
      Path scratch,
      ObjectFiles objects,
      FetchCounters counters,
      Sameness sameness) {
    this.order = order;
    this.workspace = workspace;
    this.objects = objects;
    this.counters = counters;
    this.sameness = sameness;
    this.fetch = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "fetch");
    this.recheck = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "recheck");
    this.replaced = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "replaced");
    this.unproven = new RecordSorter<>(IndexCodec.INSTANCE, scratch, "unproven");
  }

  /**
   * Joins the streams, each of which is in key order and has a key once.
   *
   * @param damaged of the known ones, those whose bytes are to be had again
   */
  void compare(
      Iterator<Reference> references,
      Iterator<IndexRecord> known,
      Iterator<IndexRecord> damaged,
      Iterator<IndexRecord> listed,
      Cancellation cancellation)
      throws IOException {
    Cursor<Reference> referenced = new Cursor<>(references, Reference::key);
    Cursor<IndexRecord> index = new Cursor<>(known, IndexRecord::key);
    Cursor<IndexRecord> lost = new Cursor<>(damaged, IndexRecord::key);
    Cursor<IndexRecord> listing = new Cursor<>(listed, IndexRecord::key);
    while (true) {
      cancellation.throwIfCancelled();
      Optional<String> next = Cursor.first(referenced, listing, lost);
      if (next.isEmpty()) {
        return;
      }
      String key = next.get();
      Optional<IndexRecord> again = lost.take(key);
      compare(referenced.take(key), index.take(key), listing.take(key), again);
    }
  }

  /**
   * As above, where nothing is listed and nothing damaged: most of the references are then passed
   * by without a closer look.
   */
  void compare(
      ReferenceStream references, RecordStream<IndexRecord> known, Cancellation cancellation)
      throws IOException {
    while (references.hasNext()) {
      cancellation.throwIfCancelled();
      if (references.passIfCoveredByNext(known)) {
        counters.skipped.increment();
      } else {
        Reference reference = references.next();
        compare(
            Optional.of(reference),
            known.take(reference.key()),
            Optional.empty(),
            Optional.empty());
      }
    }
  }

  private void compare(
      Optional<Reference> reference,
      Optional<IndexRecord> held,
      Optional<IndexRecord> listed,
      Optional<IndexRecord> damaged)
      throws IOException {
    boolean proven =
        reference.isPresent() && held.isPresent() && reference.get().isCoveredBy(held.get());
    if (reference.isPresent() && !proven) {
      unproven.add(UnprovenReference.of(reference.get(), damaged.isPresent()));
    }
    if (listed.isPresent()) {
      counters.listed.increment();
      if (order.knowsReferences() && reference.isEmpty()) {
        counters.orphans.increment();
      }
      listed(reference, held, listed.get(), proven, damaged.isPresent());
    } else if (proven) {
      counters.skipped.increment();
      if (order.listing()) {
        counters.gone.increment();
      }
    } else if (reference.isPresent()) {
      unlisted(reference.get(), held);
    } else {
      damaged.ifPresent(this::fetch);
    }
  }

  private void listed(
      Optional<Reference> reference,
      Optional<IndexRecord> held,
      IndexRecord listed,
      boolean proven,
      boolean damaged) {
    if (held.isPresent() && isThere(held.get())) {
      if (sameness.isSame(held.get(), listed)) {
        counters.skipped.increment();
        date(listed);
        if (!proven) {
          reference.ifPresent(r -> compared(r, held.get()));
        }
        return;
      }
      if (held.get().covered()) {
        add(replaced, held.get());
        return;
      }
    }
    if (reference.isPresent()) {
      fetch(with(reference.get(), listed));
    } else if (order.unreferenced() || damaged) {
      fetch(listed);
    }
  }

  /** An object that the dump refers to, and of which the index alone is no proof. */
  private void unlisted(Reference reference, Optional<IndexRecord> held) {
    if (held.isEmpty() || !isThere(held.get())) {
      fetch(record(reference));
    } else if (held.get().covered()) {
      add(replaced, held.get());
    } else if (held.get().etag().isEmpty() || !reference.hasSize(held.get().size())) {
      fetch(record(reference));
    } else {
      counters.wanted.increment();
      add(recheck, held.get().covered(true));
    }
  }

  /** Notes that the object has just been compared with the source, after the snapshot. */
  private void compared(Reference reference, IndexRecord held) {
    try {
      workspace.journal().add(held.covered() ? held : held.covered(reference.hasSize(held.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isThere(IndexRecord held) {
    try {
      OptionalLong size = objects.size(held.key());
      return size.isPresent() && size.getAsLong() == held.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void date(IndexRecord listed) {
    try {
      objects.date(listed.key(), listed.lastModified());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fetch(IndexRecord wanted) {
    Optional<String> refusal = guard.refusal(wanted.key());
    if (refusal.isEmpty()) {
      refusal = objects.refusal(wanted.key());
      if (refusal.isPresent()) {
        guard.withdraw();
      }
    }
    if (refusal.isPresent()) {
      counters.refused.increment();
      refused.warnf(
          "the key '%s' is refused, %s: no file can have it, and no block of Parsec's has such a"
              + " key",
          wanted.key(), refusal.get());
      return;
    }
    counters.wanted.increment();
    counters.wantedBytes.add(Math.max(0, wanted.size()));
    add(fetch, wanted);
  }

  private void add(RecordSorter<IndexRecord> sorter, IndexRecord entry) {
    asksTheSource = true;
    try {
      sorter.add(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IndexRecord record(Reference reference) {
    return new IndexRecord(
        reference.key(),
        reference.size().orElse(ANY_SIZE),
        NO_DIGEST,
        "",
        Instant.EPOCH,
        reference.size().isPresent());
  }

  /** The listed object, covered once it is here if it has the size that its row says. */
  private static IndexRecord with(Reference reference, IndexRecord listed) {
    long size = listed.size() < 0 ? reference.size().orElse(ANY_SIZE) : listed.size();
    return new IndexRecord(
        listed.key(),
        size,
        NO_DIGEST,
        listed.etag(),
        listed.lastModified(),
        reference.hasSize(size));
  }

  /** Whether the index alone was enough, and the source need not be asked for anything. */
  boolean isDone() {
    return !asksTheSource;
  }

  /** Objects to be copied; those that are covered once they are here with that size say so. */
  RecordStream<IndexRecord> toFetch() throws IOException {
    return fetch.sorted();
  }

  /**
   * Objects that are here and that the dump refers to, to be compared with the source without a
   * listing; they are as they will be known if they are the same.
   */
  RecordStream<IndexRecord> toRecheck() throws IOException {
    return recheck.sorted();
  }

  /** Objects that are final here, and that the source has other bytes for, it seems. */
  RecordStream<IndexRecord> replaced() throws IOException {
    return replaced.sorted();
  }

  /** The references that only the rest of the run can prove. */
  RecordStream<IndexRecord> unproven() throws IOException {
    return unproven.sorted();
  }
}
