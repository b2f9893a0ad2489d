package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** References that are skipped as bytes are the same that a full comparison would skip. */
class ReferenceJoinTest {

  /**
   * Keys that are prefixes of each other, that need escapes, or that UTF-8 and UTF-16 order
   * differently.
   */
  private static final List<String> PARTS =
      List.of("a", "b", "/", "\\", "\t", "\n", "\u0001", "é", "Ａ", "𠮷", "1", "\t1", "\\t");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void findsTheNewestRecordOfEachReference(int segments) throws IOException {
    long passed = 0;
    for (int seed = 0; seed < 150; seed++) {
      passed += compareWithModel(new Random(seed), segments);
    }
    assertTrue(passed > 100, "hardly any was passed by: " + passed);
  }

  private long compareWithModel(Random random, int segments) throws IOException {
    Map<String, IndexRecord> index = new TreeMap<>(KeyOrder.BYTES);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < segments; i++) {
      StringBuilder lines = new StringBuilder(IndexCodec.HEADER + "\n");
      for (String key : keys(random)) {
        IndexRecord entry = record(key, random.nextInt(3), random.nextInt(4) > 0);
        index.put(key, entry);
        lines.append(IndexCodec.INSTANCE.format(entry)).append('\n');
      }
      files.add(Files.writeString(folder.resolve("segment-" + i), lines));
    }
    Map<String, TreeSet<Integer>> references = new TreeMap<>(KeyOrder.BYTES);
    StringBuilder lines = new StringBuilder();
    TreeSet<String> referenced = keys(random);
    index.keySet().stream().filter(key -> random.nextInt(3) > 0).forEach(referenced::add);
    for (String key : referenced) {
      references.put(key, new TreeSet<>(List.of(random.nextInt(3))));
      if (random.nextInt(8) == 0) {
        references.get(key).add(random.nextInt(3));
      }
      for (int size : references.get(key)) {
        lines.append(FieldText.escape(key)).append('\t').append(size).append('\n');
      }
    }
    Path list = Files.writeString(folder.resolve("references"), lines);

    long passed = 0;
    try (ReferenceStream stream = new ReferenceStream(list);
        RecordStream<IndexRecord> known = RecordStream.merge(IndexCodec.INSTANCE, files)) {
      for (String key : references.keySet()) {
        Optional<IndexRecord> held = Optional.ofNullable(index.get(key));
        assertTrue(stream.hasNext());
        if (stream.skipIfCoveredByNext(known)) {
          passed++;
          assertTrue(held.isPresent() && held.get().covered(), key);
          assertEquals(new TreeSet<>(List.of((int) held.get().size())), references.get(key), key);
        } else {
          Reference reference = stream.next();
          assertEquals(key, reference.key());
          assertEquals(references.get(key).size() == 1, reference.size().isPresent(), key);
          assertEquals(held, known.take(key), key);
        }
      }
      assertFalse(stream.hasNext());
      assertFalse(stream.skipIfCoveredByNext(known));
    }
    return passed;
  }

  private static TreeSet<String> keys(Random random) {
    TreeSet<String> keys = new TreeSet<>(KeyOrder.BYTES);
    for (int i = random.nextInt(12); i >= 0; i--) {
      StringBuilder key = new StringBuilder();
      for (int part = random.nextInt(4); part >= 0; part--) {
        key.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      keys.add(key.toString());
    }
    return keys;
  }

  private static IndexRecord record(String key, long size, boolean covered) {
    return new IndexRecord(key, size, "0".repeat(64), "e", Instant.EPOCH, covered);
  }

  @Test
  void skipsNoLineThatIsNotAReference() throws IOException {
    Path segment =
        Files.writeString(
            folder.resolve("s"), IndexCodec.INSTANCE.format(record("a", 1, true)) + "\n");
    Path list = Files.writeString(folder.resolve("r"), "a\n");
    try (ReferenceStream stream = new ReferenceStream(list);
        RecordStream<IndexRecord> known =
            RecordStream.merge(IndexCodec.INSTANCE, List.of(segment))) {
      assertFalse(stream.skipIfCoveredByNext(known));
    }
  }
}
