package io.parsecbackup.sync;

import io.parsecbackup.repository.IndexRecord;
import io.parsecbackup.repository.KeyOrder;
import io.parsecbackup.repository.ObjectFiles;
import io.parsecbackup.repository.RecordStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Compares a listing with what the repository knows and holds: two streams in key order, of which
 * it never has more than a page. What comes out of order or twice is put aside for a second pass,
 * so that a server which sorts in another way loses nothing.
 */
final class ListingDiff {

  private static final Logger LOG = Logger.getLogger(ListingDiff.class);

  private final RecordStream known;
  private final ObjectFiles objects;
  private final SyncCounters counters;
  private final Aside aside;
  private final KeyGuard guard = new KeyGuard();
  private @Nullable IndexRecord head;
  private @Nullable ListedObject last;

  /** Takes what cannot be compared now. */
  interface Aside {
    void add(ListedObject object) throws IOException;
  }

  ListingDiff(RecordStream known, ObjectFiles objects, SyncCounters counters, Aside aside) {
    this.known = known;
    this.objects = objects;
    this.counters = counters;
    this.aside = aside;
  }

  /** Of one page, the objects that have to be fetched. */
  List<ListedObject> wanted(List<ListedObject> page) throws IOException {
    List<ListedObject> wanted = new ArrayList<>();
    for (ListedObject object : page) {
      if (last != null && KeyOrder.compare(object.key(), last.key()) <= 0) {
        if (!object.equals(last)) {
          aside.add(object);
        }
        continue;
      }
      last = object;
      counters.listed.increment();
      Optional<String> refusal = guard.refusal(object.key());
      if (refusal.isPresent()) {
        refuse(object.key(), refusal.get());
      } else if (holds(object)) {
        counters.skipped.increment();
      } else {
        Optional<String> noPlace = objects.refusal(object.key());
        if (noPlace.isPresent()) {
          guard.withdraw();
          refuse(object.key(), noPlace.get());
        } else {
          counters.wanted.increment();
          counters.wantedBytes.add(object.size());
          wanted.add(object);
        }
      }
    }
    return wanted;
  }

  /**
   * The file is there with the size that index and listing agree on, and the index has the
   * listing's ETag for it; where the server has no ETags, its date. It gets the listing's date.
   */
  private boolean holds(ListedObject object) throws IOException {
    Optional<IndexRecord> entry = find(object.key());
    if (entry.isEmpty()
        || entry.get().size() != object.size()
        || !entry.get().etag().equals(object.etag())
        || (object.etag().isEmpty() && !entry.get().lastModified().equals(object.lastModified()))) {
      return false;
    }
    OptionalLong stored = objects.size(object.key());
    if (stored.isEmpty() || stored.getAsLong() != object.size()) {
      return false;
    }
    objects.date(object.key(), object.lastModified());
    return true;
  }

  private Optional<IndexRecord> find(String key) {
    while (head == null || KeyOrder.compare(head.key(), key) < 0) {
      if (!known.hasNext()) {
        return Optional.empty();
      }
      head = known.next();
    }
    return head.key().equals(key) ? Optional.of(head) : Optional.empty();
  }

  private void refuse(String key, String why) {
    counters.refused.increment();
    LOG.warnf(
        "the key '%s' is refused, %s: no file can have it, and no block of Parsec's has such a key",
        key, why);
  }
}
