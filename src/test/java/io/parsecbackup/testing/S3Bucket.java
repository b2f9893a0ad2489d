package io.parsecbackup.testing;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * The objects of one bucket, in S3's order, which a test reads and writes without HTTP. They are in
 * memory; those of a {@link FolderBucket} are files.
 */
public class S3Bucket {

  /** The order of UTF-8 bytes, in which S3 lists; Java's own puts U+1F000 before U+FF00. */
  public static final Comparator<String> ORDER = S3Bucket::compare;

  private final String name;
  private final Clock clock;
  private final ConcurrentSkipListMap<String, StoredObject> objects =
      new ConcurrentSkipListMap<>(ORDER);

  S3Bucket(String name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  public final String name() {
    return name;
  }

  /** Puts or replaces an object. Any key works, even one that HTTP cannot carry. */
  public final void put(String key, byte[] bytes) {
    put(key, Content.of(bytes));
  }

  /** As {@link #put(String, byte[])}. */
  public final void put(String key, String text) {
    put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Puts or replaces an object, modified now. */
  public final void put(String key, Content content) {
    put(key, content, now());
  }

  /** Puts or replaces an object with this date. */
  public final void put(String key, Content content, Instant lastModified) {
    put(key, StoredObject.of(content, lastModified.truncatedTo(ChronoUnit.SECONDS)));
  }

  /** Puts or replaces an object with an ETag (no quotes) that need not match its bytes. */
  public void put(String key, StoredObject object) {
    objects.put(key, object);
  }

  public final Optional<byte[]> get(String key) {
    return object(key).map(object -> object.content().bytes().clone());
  }

  public Optional<StoredObject> object(String key) {
    return Optional.ofNullable(objects.get(key));
  }

  /**
   * Puts an object if its key has the expected state at that moment, as a conditional request does.
   *
   * @param expected tests what the key has now
   * @return whether it was put
   */
  final boolean putIf(String key, Predicate<Optional<StoredObject>> expected, StoredObject object) {
    synchronized (objects) {
      if (!expected.test(object(key))) {
        return false;
      }
      put(key, object);
      return true;
    }
  }

  /** Deletes an object; returns whether it existed. */
  public boolean delete(String key) {
    return objects.remove(key) != null;
  }

  public void clear() {
    objects.clear();
  }

  /** All keys in S3's order; a view. */
  public NavigableSet<String> list() {
    return Collections.unmodifiableNavigableSet(objects.navigableKeySet());
  }

  /** All objects in S3's order; a view. */
  public NavigableMap<String, StoredObject> objects() {
    return Collections.unmodifiableNavigableMap(objects);
  }

  public final int size() {
    return objects().size();
  }

  final Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // A surrogate stands for a code point above all others.
        boolean high = Character.isSurrogate(x);
        return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
