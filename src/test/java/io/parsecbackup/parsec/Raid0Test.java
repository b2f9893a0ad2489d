package io.parsecbackup.parsec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Raid0Test {

  private static int expected(String hex, int nodes) {
    return new BigInteger(hex, 16).mod(BigInteger.valueOf(nodes)).intValueExact();
  }

  @Test
  void usesTheBlockIdModuloTheNumberOfNodes() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      String id = new UUID(random.nextLong(), random.nextLong()).toString();
      String undashed = id.replace("-", "");
      int nodes = 1 + random.nextInt(i % 2 == 0 ? 8 : 1_000);
      int expected = expected(undashed, nodes);
      assertEquals(expected, Raid0.node("CoolOrg/" + id, nodes), id + " of " + nodes);
      assertEquals(expected, Raid0.node("CoolOrg/" + undashed, nodes), id + " of " + nodes);
      assertEquals(
          expected, Raid0.node("É-日本/" + id.toUpperCase(Locale.ROOT), nodes), id + " of " + nodes);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00000000-0000-0000-0000-000000000000, 7, 0",
    "00000000-0000-0000-0000-000000000001, 3, 1",
    "00000000-0000-0001-0000-000000000000, 3, 1", // 2^64
    "ffffffff-ffff-ffff-ffff-ffffffffffff, 3, 0",
    "ffffffff-ffff-ffff-ffff-ffffffffffff, 7, 3",
    "ffffffff-ffff-ffff-ffff-ffffffffffff, 2147483647, 15",
  })
  void supportsTheSmallestAndLargestIds(String id, int nodes, int node) {
    assertEquals(expected(id.replace("-", ""), nodes), node);
    assertEquals(node, Raid0.node("Org/" + id, nodes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "readme.txt",
        "Org/",
        "Org/3b917792-35ac-409f-9af1-fe6de8d2b90",
        "Org/3b917792-35ac-409f-9af1-fe6de8d2b9055",
        "Org/3b91779235ac-409f-9af1-fe6de8d2b905",
        "Org/3b917792-35ac-409f-9af1-fe6de8d2b905.part",
        "Org/3b917792-35ac-409f-9af1-fe6de8d2b905/x",
        "Org/+b917792-35ac-409f-9af1-fe6de8d2b905"
      })
  void usesNodeZeroForKeysThatAreNotBlocks(String key) {
    for (int nodes = 1; nodes < 50; nodes++) {
      assertEquals(0, Raid0.node(key, nodes));
    }
  }

  @Test
  void usesTheTextAfterTheLastSlash() {
    String id = "3b917792-35ac-409f-9af1-fe6de8d2b905";
    int node = expected(id.replace("-", ""), 11);
    assertEquals(node, Raid0.node(id, 11));
    assertEquals(node, Raid0.node("a/b\n/c/" + id, 11));
  }
}
