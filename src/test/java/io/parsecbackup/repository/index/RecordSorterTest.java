package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordSorterTest {

  @TempDir Path scratch;

  /** In one chunk, in several, and in more than are merged at once. */
  @ParameterizedTest
  @ValueSource(ints = {100_000, 300, 7})
  void sortsByBytesAndKeepsTheLastOfEqualKeys(int chunkSize) throws IOException {
    Random random = new Random(chunkSize);
    Map<String, Long> expected = new TreeMap<>(KeyOrder.BYTES);
    RecordSorter<IndexRecord> sorter =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch, "test", chunkSize);
    for (int i = 0; i < 3_000; i++) {
      String key =
          (i % 3 == 0 ? "\uff21" : i % 3 == 1 ? "\ud842\udfb7" : "a") + random.nextInt(500);
      expected.put(key, (long) i);
      sorter.add(entry(key, i));
    }
    try (RecordStream<IndexRecord> sorted = sorter.sorted()) {
      for (Map.Entry<String, Long> one : expected.entrySet()) {
        IndexRecord next = sorted.next();
        assertEquals(one.getKey(), next.key());
        assertEquals(one.getValue(), next.size());
      }
      assertFalse(sorted.hasNext());
    }
  }

  @Test
  void isEmptyIfNothingWasAdded() throws IOException {
    try (RecordStream<IndexRecord> sorted =
        new RecordSorter<>(IndexCodec.INSTANCE, scratch, "none").sorted()) {
      assertFalse(sorted.hasNext());
    }
  }

  private static IndexRecord entry(String key, long size) {
    return new IndexRecord(key, size, "0".repeat(64), "e", Instant.EPOCH, false);
  }
}
