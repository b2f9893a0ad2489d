package io.parsecbackup.repository.index;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the reading of a stream in key order stands, to be joined with others by their keys. */
public final class Cursor<T> {

  private final Iterator<T> stream;
  private final Function<T, String> keyOf;
  private @Nullable T head;

  /** Of {@code stream}, whose things have keys in {@link KeyOrder}, each once. */
  public Cursor(Iterator<T> stream, Function<T, String> keyOf) {
    this.stream = stream;
    this.keyOf = keyOf;
    advance();
  }

  /** The key that comes next in any of them; empty at the end of all. */
  public static Optional<String> first(Cursor<?>... cursors) {
    return Arrays.stream(cursors).flatMap(Cursor::key).min(KeyOrder.BYTES);
  }

  private Stream<String> key() {
    return Stream.ofNullable(head).map(keyOf);
  }

  /** What the stream has under {@code key}, and the next thing it has; earlier keys are passed. */
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
