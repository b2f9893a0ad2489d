package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CoolOrg/3b917792-35ac-409f-9af1-fe6de8d2b905",
        "Éléphant-日本/3b91779235ac409f9af1fe6de8d2b905",
        "𠮷野家/x",
        "no-folder",
        "a/b/c/d",
        "..a/b..",
        " /\ttab\nline\\",
        "-/--rm"
      })
  void acceptsKeysThatCanBeFileNames(String key) {
    assertEquals(Optional.empty(), ObjectKey.refusal(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "../x",
        "a/../../x",
        "a/..",
        ".",
        "./a",
        "/x",
        "a//b",
        "a/",
        "/",
        "a\0b",
        "\ud800"
      })
  void refusesKeysThatLeaveTheFolderOrCannotBeFileNames(String key) {
    assertTrue(ObjectKey.refusal(key).isPresent());
    assertTrue(ObjectKey.refusalInBucket(key).isPresent());
  }

  @Test
  void limitsTheBytesOfANameAndNotItsCharacters() {
    assertTrue(ObjectKey.refusal("org/" + "x".repeat(300)).isPresent());
    assertEquals(Optional.empty(), ObjectKey.refusal("org/" + "é".repeat(127)));
    assertTrue(ObjectKey.refusal("org/" + "é".repeat(128)).isPresent());
    assertEquals(Optional.empty(), ObjectKey.refusalInBucket("org/" + "é".repeat(128)));
    assertTrue(ObjectKey.refusalInBucket("x".repeat(1025)).isPresent());
  }
}
