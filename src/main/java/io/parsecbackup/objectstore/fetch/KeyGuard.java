package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.ObjectKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Refuses keys that cannot be file names. Keys must come in key order. Of {@code a} and {@code a/b}
 * only the first can be a file. Other keys may come between the two, such as {@code a-c}, so the
 * guard remembers all keys that are prefixes of the current one.
 */
final class KeyGuard {

  private final Deque<String> prefixes = new ArrayDeque<>();

  /**
   * Why {@code key} is refused. If it is not, it counts as a file from now on, until {@link
   * #withdraw} is called.
   */
  Optional<String> refusal(String key) {
    Optional<String> refusal = ObjectKey.refusal(key);
    if (refusal.isPresent()) {
      return refusal;
    }
    while (!prefixes.isEmpty() && !key.startsWith(prefixes.peek())) {
      prefixes.pop();
    }
    for (String prefix : prefixes) {
      if (key.startsWith(prefix + "/")) {
        return Optional.of("another key, " + prefix + ", is a prefix of it");
      }
    }
    prefixes.push(key);
    return Optional.empty();
  }

  /** The last key does not become a file after all, so it blocks no other key. */
  void withdraw() {
    prefixes.pop();
  }
}
