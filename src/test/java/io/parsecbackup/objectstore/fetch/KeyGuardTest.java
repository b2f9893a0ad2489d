package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.index.ObjectKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyGuardTest {

  private final KeyGuard guard = new KeyGuard(ObjectKey::refusal, true);

  private void accepts(String... keys) {
    for (String key : keys) {
      assertEquals(Optional.empty(), guard.refusal(key), key);
    }
  }

  private void refuses(String... keys) {
    for (String key : keys) {
      assertTrue(guard.refusal(key).isPresent(), key);
    }
  }

  @Test
  void acceptsAnyTwoKeysIfThereAreNoFolders() {
    KeyGuard bucket = new KeyGuard(ObjectKey::refusalInBucket, false);
    for (String key : List.of("a", "a/b", "a/b/c", "n".repeat(300))) {
      assertEquals(Optional.empty(), bucket.refusal(key), key);
    }
    for (String key : List.of("", "a//b", "a/../b", "./a", "n".repeat(1025))) {
      assertTrue(bucket.refusal(key).isPresent(), key);
    }
  }

  @Test
  void acceptsNeighboursWithACommonPrefix() {
    accepts("a", "a!", "a-c", "a.d", "a0", "ab", "b/c", "b/d", "b/d-", "bc");
  }

  /** Other keys may sort between a key and those below it: '-' and '.' come before '/'. */
  @Test
  void refusesAKeyBelowAnotherEvenWithOthersInBetween() {
    accepts("a", "a!b/c", "a-c", "a-d");
    refuses("a/b");
    accepts("a-");
    refuses("a/c");
    accepts("a0");
  }

  @Test
  void namesTheConflictingKey() {
    accepts("a", "a-b");
    assertTrue(guard.refusal("a-b/c").orElseThrow().contains("a-b"));
    assertTrue(guard.refusal("a/b").orElseThrow().contains("another key, a,"));
  }

  @Test
  void ignoresRefusedKeysInLaterChecks() {
    refuses("", "/a", "a/", "a//b", "../a", "a\0");
    accepts("a/b");
    refuses("a/b/c");
    accepts("a/c/d");
  }

  @Test
  void forgetsAWithdrawnKey() {
    for (String key : List.of("a", "b")) {
      accepts(key);
      guard.withdraw();
      accepts(key + "/x");
    }
  }
}
