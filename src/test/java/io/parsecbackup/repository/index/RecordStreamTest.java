package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordStreamTest {

  @TempDir Path folder;

  /** One backup an hour for a year makes more files than a process can have open. */
  @Test
  void mergesMoreFilesThanCanBeOpenAndPrefersTheNewest() throws IOException {
    int many = 5_000;
    List<Path> files = new ArrayList<>();
    Map<String, Long> expected = new TreeMap<>();
    for (int i = 0; i < many; i++) {
      List<String> keys = List.of("a-shared", "b-%04d".formatted(i), "c-%04d".formatted(i / 70));
      Path file = folder.resolve("segment-%04d".formatted(i));
      StringBuilder lines = new StringBuilder(IndexCodec.HEADER + "\n");
      for (String key : keys) {
        lines.append(IndexCodec.INSTANCE.format(record(key, i))).append('\n');
        expected.put(key, (long) i);
      }
      Files.writeString(file, lines);
      files.add(file);
    }
    int[] made = new int[1];
    Map<String, Long> found = new TreeMap<>();
    List<String> order = new ArrayList<>();
    try (RecordStream<IndexRecord> stream =
        RecordStream.mergeAny(
            IndexCodec.INSTANCE, files, () -> folder.resolve("merged-" + made[0]++))) {
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

  /** Longer than the buffer, and ending at its end, with or without a line feed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsLinesOfEveryLength(boolean endsInLineFeed) throws IOException {
    List<IndexRecord> expected = new ArrayList<>();
    StringBuilder lines = new StringBuilder(IndexCodec.HEADER);
    for (int i = 0; i < 300; i++) {
      int length = i == 7 ? 200_000 : 137 * (i % 11) + i;
      expected.add(record("%03d/".formatted(i) + "é".repeat(length), i));
      lines.append('\n').append(IndexCodec.INSTANCE.format(expected.getLast()));
    }
    Path file = folder.resolve("lines");
    Files.writeString(file, endsInLineFeed ? lines + "\n" : lines);
    List<IndexRecord> found = new ArrayList<>();
    try (RecordStream<IndexRecord> stream =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(file))) {
      stream.forEachRemaining(found::add);
    }
    assertEquals(expected, found);
  }

  @Test
  void isEmptyIfAFileHasNoRecords() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    Path headerOnly = Files.writeString(folder.resolve("header"), IndexCodec.HEADER + "\n");
    try (RecordStream<IndexRecord> stream =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(empty, headerOnly))) {
      assertFalse(stream.hasNext());
    }
    Path emptyLine = Files.writeString(folder.resolve("line"), "\n");
    try (RecordStream<IndexRecord> stream =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(emptyLine))) {
      assertThrows(IllegalStateException.class, stream::next);
    }
  }

  @Test
  void skipsRecordsWithExcludedKeys() throws IOException {
    Path older = segment("older", "a", "b", "c\td", "e");
    Path newer = segment("newer", "b", "c\td", "f");
    StringBuilder keys = new StringBuilder();
    for (String key : List.of("", "a", "aa", "c\td", "f", "g")) {
      keys.append(ColumnCodec.KEYS.format(key)).append('\n');
    }
    Path excluded = Files.writeString(folder.resolve("keys"), keys);
    List<String> found = new ArrayList<>();
    try (RecordStream<IndexRecord> stream =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(older, newer))
            .without(RecordStream.merge(ColumnCodec.KEYS, List.of(excluded)))) {
      stream.forEachRemaining(entry -> found.add(entry.key()));
    }
    assertEquals(List.of("b", "e"), found);
  }

  private Path segment(String name, String... keys) throws IOException {
    StringBuilder lines = new StringBuilder(IndexCodec.HEADER + "\n");
    for (String key : keys) {
      lines.append(IndexCodec.INSTANCE.format(record(key, 1))).append('\n');
    }
    return Files.writeString(folder.resolve(name), lines);
  }

  private static IndexRecord record(String key, long size) {
    return new IndexRecord(key, size, "0".repeat(64), "etag", Instant.EPOCH, false);
  }
}
