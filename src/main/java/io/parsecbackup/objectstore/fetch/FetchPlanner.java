package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.Cancellation;
import io.parsecbackup.LimitedWarnings;
import io.parsecbackup.objectstore.raid.SourceLayout;
import io.parsecbackup.objectstore.raid.SourceObject;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.ObjectSizes;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.ReferenceStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Plans the work of a run. It joins three streams in key order: the references of the dump, the
 * index of the repository and the listing of the source. It never holds all records of a stream in
 * memory.
 */
final class FetchPlanner {

  private static final Logger LOG = Logger.getLogger(FetchPlanner.class);

  private final FetchOptions options;
  private final Workspace workspace;
  private final ObjectFiles objects;
  private final FetchCounters counters;
  private final SourceLayout layout;
  private final FetchPlan plan;
  private ObjectSizes sizes;
  private final KeyGuard guard;
  private final LimitedWarnings refused =
      new LimitedWarnings(LOG, "more keys are refused; objects.refused counts them");

  /**
   * @param plan receives the work
   */
  FetchPlanner(
      FetchOptions options,
      Workspace workspace,
      ObjectFiles objects,
      FetchCounters counters,
      SourceLayout layout,
      FetchPlan plan) {
    this.options = options;
    this.workspace = workspace;
    this.objects = objects;
    this.counters = counters;
    this.layout = layout;
    this.plan = plan;
    this.guard = new KeyGuard(objects::textRefusal, !objects.storage().isRemote());
    this.sizes = objects::size;
  }

  /**
   * Joins the streams. Each is in key order and has a key once.
   *
   * @param damaged keys of objects whose files are damaged or lost; {@code known} does not have
   *     them
   */
  void compare(
      Iterator<Reference> references,
      Iterator<IndexRecord> known,
      Iterator<String> damaged,
      Iterator<SourceObject> listed,
      Cancellation cancellation)
      throws IOException {
    Cursor<Reference> referenced = new Cursor<>(references, Reference::key);
    Cursor<IndexRecord> index = new Cursor<>(known, IndexRecord::key);
    Cursor<String> lost = new Cursor<>(damaged, Function.identity());
    Cursor<SourceObject> listing = new Cursor<>(listed, SourceObject::key);
    if (options.listing()) {
      sizes = objects.sizes();
    }
    while (true) {
      cancellation.throwIfCancelled();
      Optional<String> next = Cursor.first(referenced, listing, lost);
      if (next.isEmpty()) {
        return;
      }
      String key = next.get();
      Optional<String> again = lost.take(key);
      compare(referenced.take(key), index.take(key), listing.take(key), again);
    }
  }

  /** Joins references and index if nothing is listed or damaged. Skips most references unparsed. */
  void compare(
      ReferenceStream references, RecordStream<IndexRecord> known, Cancellation cancellation)
      throws IOException {
    while (references.hasNext()) {
      cancellation.throwIfCancelled();
      if (references.skipIfCoveredByNext(known)) {
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
      Optional<SourceObject> listed,
      Optional<String> damaged)
      throws IOException {
    boolean proven =
        reference.isPresent() && held.isPresent() && reference.get().isCoveredBy(held.get());
    if (reference.isPresent() && !proven) {
      plan.addUnproven(new UnprovenReference(reference.get(), damaged.isPresent()));
    }
    if (listed.isPresent()) {
      counters.listed.increment();
      if (options.knowsReferences() && reference.isEmpty()) {
        counters.orphans.increment();
      }
      if (held.isEmpty() || !keepsHeld(reference, held.get(), listed.get(), proven)) {
        fetchListed(reference, listed.get(), damaged.isPresent());
      }
    } else if (proven) {
      counters.skipped.increment();
      if (options.listing()) {
        counters.gone.increment();
      }
    } else if (reference.isPresent()) {
      unlisted(reference.get(), held);
    } else if (damaged.isPresent()) {
      fetch(PlannedFetch.of(damaged.get()));
    }
  }

  /** Whether the object in the repository stays: it is the listed one, or it is final. */
  private boolean keepsHeld(
      Optional<Reference> reference, IndexRecord held, SourceObject listed, boolean proven)
      throws IOException {
    if (!isIntact(held)) {
      return false;
    }
    if (layout.isSame(held, listed)) {
      counters.skipped.increment();
      objects.date(listed.key(), listed.lastModified());
      if (!proven && reference.isPresent()) {
        compared(reference.get(), held);
      }
      return true;
    }
    if (held.covered()) {
      plan.addReplaced(held);
      return true;
    }
    return false;
  }

  private void fetchListed(Optional<Reference> reference, SourceObject listed, boolean damaged)
      throws IOException {
    if (reference.isPresent()) {
      fetch(PlannedFetch.of(reference.get(), listed));
    } else if (options.unreferenced() || damaged) {
      fetch(PlannedFetch.of(listed));
    }
  }

  /** An object that the dump refers to, that the index does not prove and that is not listed. */
  private void unlisted(Reference reference, Optional<IndexRecord> held) throws IOException {
    if (held.isEmpty() || !isIntact(held.get())) {
      fetch(PlannedFetch.of(reference));
    } else if (held.get().covered()) {
      plan.addReplaced(held.get());
    } else if (held.get().etag().isEmpty() || !reference.hasSize(held.get().size())) {
      fetch(PlannedFetch.of(reference));
    } else {
      counters.wanted.increment();
      plan.addRecheck(held.get().covered(true));
    }
  }

  /** Records that the object was compared with the source after the snapshot. */
  private void compared(Reference reference, IndexRecord held) throws IOException {
    workspace.journal().add(held.covered() ? held : held.covered(reference.hasSize(held.size())));
  }

  /** Whether there is a file of the right size. */
  private boolean isIntact(IndexRecord held) throws IOException {
    return sizes.size(held.key()).equals(OptionalLong.of(held.size()));
  }

  private void fetch(PlannedFetch planned) throws IOException {
    Optional<String> refusal = guard.refusal(planned.key());
    if (refusal.isEmpty()) {
      refusal = objects.refusal(planned.key());
      if (refusal.isPresent()) {
        guard.withdraw();
      }
    }
    if (refusal.isPresent()) {
      counters.refused.increment();
      refused.warnf(
          "the key '%s' is refused, %s: it cannot be a file name, and no block of Parsec has such a"
              + " key",
          planned.key(), refusal.get());
      return;
    }
    counters.wanted.increment();
    counters.wantedBytes.add(planned.bytes().orElse(0));
    plan.addFetch(planned);
  }
}
