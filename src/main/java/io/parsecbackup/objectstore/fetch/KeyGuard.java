package io.parsecbackup.objectstore.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;

/**
 * Refuses keys that cannot be the names of files in the repository. Keys must come in key order. In
 * a folder, of {@code a} and {@code a/b} only the first can be a file. Other keys may come between
 * the two, such as {@code a-c}, so the guard remembers all keys that are prefixes of the current
 * one.
 */
final class KeyGuard {

  private final Function<String, Optional<String>> textRefusal;
  private final boolean hasFolders;
  private final Deque<String> prefixes = new ArrayDeque<>();

  /**
   * @param textRefusal why a key is refused by its text alone
   * @param hasFolders whether the slashes of keys separate folders
   */
  KeyGuard(Function<String, Optional<String>> textRefusal, boolean hasFolders) {
    this.textRefusal = textRefusal;
    this.hasFolders = hasFolders;
  }

  /**
   * Why {@code key} is refused. If it is not, it counts as a file from now on, until {@link
   * #withdraw} is called.
   */
  Optional<String> refusal(String key) {
    Optional<String> refusal = textRefusal.apply(key);
    if (refusal.isPresent() || !hasFolders) {
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
    prefixes.poll();
  }
}
