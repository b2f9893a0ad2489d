package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.ObjectKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Refuses keys that cannot be files, as they come by in key order. Of a key and one below it
 * ({@code a} and {@code a/b}) only the first can be one; between the two, others may come ({@code
 * a-c}), so the keys that the current one begins with are remembered: never more than it has
 * characters.
 */
final class KeyGuard {

  private final Deque<String> beginnings = new ArrayDeque<>();

  /**
   * Why {@code key} is refused, or empty: then it counts as a file from now on, unless {@link
   * #withdraw} says otherwise.
   */
  Optional<String> refusal(String key) {
    Optional<String> refusal = ObjectKey.refusal(key);
    if (refusal.isPresent()) {
      return refusal;
    }
    while (!beginnings.isEmpty() && !key.startsWith(beginnings.peek())) {
      beginnings.pop();
    }
    for (String beginning : beginnings) {
      if (key.startsWith(beginning + "/")) {
        return Optional.of("another key, " + beginning + ", is a prefix of it");
      }
    }
    beginnings.push(key);
    return Optional.empty();
  }

  /** The last key becomes no file after all, so it is in no other key's way. */
  void withdraw() {
    beginnings.pop();
  }
}
