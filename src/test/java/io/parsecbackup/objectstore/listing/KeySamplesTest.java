package io.parsecbackup.objectstore.listing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.index.KeyOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeySamplesTest {

  @Test
  void cutsManyKeysIntoEvenRangesWithoutAGap() {
    KeySamples samples = new KeySamples();
    for (int i = 0; i < 100_000; i++) {
      samples.add("%06d".formatted(i));
    }
    List<KeyRange> ranges = samples.ranges(8);
    assertEquals(8, ranges.size());
    assertEquals(Optional.empty(), ranges.getFirst().after());
    assertEquals(Optional.empty(), ranges.getLast().upTo());
    for (int i = 1; i < 8; i++) {
      assertEquals(ranges.get(i - 1).upTo(), ranges.get(i).after());
      int bound = Integer.parseInt(ranges.get(i).after().orElseThrow());
      assertTrue(Math.abs(bound - i * 12_500) < 500, ranges.toString());
    }
  }

  @Test
  void isOneRangeOfEveryKeyWithoutSamples() {
    assertEquals(List.of(KeyRange.ALL), new KeySamples().ranges(8));
  }

  /**
   * Servers that sort by UTF-16 put U+1F600 before U+FF00; this program and other servers put it
   * after.
   */
  @Test
  void usesNoBoundWithCharactersThatServersSortDifferently() {
    KeySamples samples = new KeySamples();
    List<String> keys =
        List.of("a", "aé", "b日", "b\uff00x", "b\ud83d\ude00", "c\uff00", "c\ud83d\ude00", "d");
    assertEquals(keys, keys.stream().sorted(KeyOrder.BYTES).toList());
    keys.forEach(samples::add);
    List<String> bounds =
        samples.ranges(8).stream().flatMap(range -> range.upTo().stream()).toList();
    assertEquals(List.of("aé", "b日", "c", "d"), bounds);
  }
}
