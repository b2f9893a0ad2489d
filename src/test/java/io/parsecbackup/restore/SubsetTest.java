package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubsetTest {

  private static final List<String> KEYS =
      IntStream.range(0, 3_000).mapToObj(i -> "CoolOrg/Éléphant-日本-" + i).toList();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 30, 1_000})
  void partsAreDisjointAndCoverEverything(int parts) {
    List<Set<String>> held = new ArrayList<>();
    Subset subset = new Subset(1, parts);
    for (int i = 0; i < parts; i++) {
      Subset part = subset;
      held.add(new HashSet<>(KEYS.stream().filter(part::contains).toList()));
      subset = subset.next();
    }

    assertEquals(KEYS.size(), held.stream().mapToInt(Set::size).sum());
    Set<String> all = new HashSet<>();
    held.forEach(all::addAll);
    assertEquals(new HashSet<>(KEYS), all);
    assertEquals(new Subset(1, parts), subset);
  }

  @Test
  void partsHaveSimilarSizes() {
    for (int part = 1; part <= 30; part++) {
      long size = KEYS.stream().filter(new Subset(part, 30)::contains).count();
      assertTrue(size > 50 && size < 150, part + " has " + size);
    }
  }

  /** Calculated with sha256sum, so that no later version assigns the keys to other parts. */
  @Test
  void assignsKeysByTheirDigest() {
    // sha256("abc") begins with ba7816bf8f01cfea, which is 13436514500253700074.
    assertTrue(new Subset(5, 10).contains("abc"));
    // sha256("") begins with e3b0c44298fc1c14, which is 16406829232824261652.
    assertTrue(new Subset(3, 10).contains(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1/1", "1/30", "30/30", "10000/10000", "7/10000"})
  void printsTheTextThatItReads(String text) {
    assertEquals(text, Subset.parse("--subset", text).toString());
  }

  @Test
  void readsOneOfOneAsEverything() {
    assertEquals(Subset.ALL, Subset.parse("--subset", " 1/1 "));
    assertTrue(KEYS.stream().allMatch(Subset.ALL::contains));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "0/30",
        "31/30",
        "-1/30",
        "1/0",
        "1/10001",
        "1/99999999999",
        "a/b",
        "1 / 30"
      })
  void refusesAnyOtherTextAndNamesTheRightForm(String text) {
    Problem problem =
        assertThrows(Problem.class, () -> Subset.parse("parsec.backup.verify.subset", text));

    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.contains("parsec.backup.verify.subset is \"" + text + "\""), message);
    assertTrue(message.contains("1/30"), message);
  }
}
