package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStreamTest {

  @TempDir Path folder;

  /** A backup an hour for a year is more files than a process may have open. */
  @Test
  void mergesMoreFilesThanMayBeOpenAndBelievesTheYoungest() throws IOException {
    int many = 5_000;
    List<Path> files = new ArrayList<>();
    Map<String, Long> expected = new TreeMap<>();
    for (int i = 0; i < many; i++) {
      List<String> keys = List.of("a-shared", "b-%04d".formatted(i), "c-%04d".formatted(i / 70));
      Path file = folder.resolve("segment-%04d".formatted(i));
      StringBuilder lines = new StringBuilder(IndexLine.HEADER + "\n");
      for (String key : keys) {
        lines.append(IndexLine.format(record(key, i))).append('\n');
        expected.put(key, (long) i);
      }
      Files.writeString(file, lines);
      files.add(file);
    }
    int[] made = new int[1];
    Map<String, Long> found = new TreeMap<>();
    List<String> order = new ArrayList<>();
    try (RecordStream stream =
        RecordStream.mergeAny(files, () -> folder.resolve("merged-" + made[0]++))) {
      while (stream.hasNext()) {
        IndexRecord next = stream.next();
        found.put(next.key(), next.size());
        order.add(next.key());
      }
    }
    assertEquals(expected, found);
    assertEquals(order.stream().sorted(KeyOrder.BYTES).toList(), order);
    assertEquals(79 + 2, made[0]);
    assertTrue(files.stream().allMatch(Files::exists), "segments are never touched");
  }

  private static IndexRecord record(String key, long size) {
    return new IndexRecord(key, size, "0".repeat(64), "etag", Instant.EPOCH, false);
  }
}
