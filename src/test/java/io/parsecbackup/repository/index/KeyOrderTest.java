package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyOrderTest {

  /** One character for each length in UTF-8, and both sides of the surrogates. */
  private static final List<String> LETTERS =
      List.of(
          "-", "/", "a", "é", "日", "\ud7ff", "\ue000", "\uff21", "\ud83d\ude00", "\ud842\udfb7");

  @Test
  void ordersKeysByUtf8Bytes() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String a = word(random);
      String b = word(random);
      int bytes =
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
      assertEquals(
          Integer.signum(bytes), Integer.signum(KeyOrder.compare(a, b)), () -> a + " and " + b);
    }
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int length = random.nextInt(5); length > 0; length--) {
      word.append(LETTERS.get(random.nextInt(LETTERS.size())));
    }
    return word.toString();
  }
}
