package io.parsecbackup.repository.index;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A position in a stream in key order, for joining it with other streams by key. */
public final class Cursor<T> {

  private final Iterator<T> stream;
  private final Function<T, String> keyOf;
  private @Nullable T head;

  /** Starts at the first item of {@code stream}, which has each key once, in {@link KeyOrder}. */
  public Cursor(Iterator<T> stream, Function<T, String> keyOf) {
    this.stream = stream;
    this.keyOf = keyOf;
    advance();
  }

  /** The lowest current key of all cursors; empty if all are at their end. */
  public static Optional<String> first(Cursor<?>... cursors) {
    return Arrays.stream(cursors).flatMap(Cursor::key).min(KeyOrder.BYTES);
  }

  private Stream<String> key() {
    return Stream.ofNullable(head).map(keyOf);
  }

  /** The item with {@code key}. Skips items with lower keys. */
  public Optional<T> take(String key) {
    while (head != null) {
      int order = KeyOrder.compare(keyOf.apply(head), key);
      if (order > 0) {
        return Optional.empty();
      }
      T passed = head;
      advance();
      if (order == 0) {
        return Optional.of(passed);
      }
    }
    return Optional.empty();
  }

  private void advance() {
    head = stream.hasNext() ? stream.next() : null;
  }
}
