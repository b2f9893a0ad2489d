package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnCodecTest {

  private record Named(String key, String name, long size) {}

  private static final ColumnCodec<Named> NAMED =
      new ColumnCodec<>(
          Named::key,
          2,
          named -> List.of(named.name(), String.valueOf(named.size())),
          values -> new Named(values.get(0), values.get(1), Long.parseLong(values.get(2))));

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(strings = {"a", "a\tb", "a\nb\r", "a\\b", "a\\tb", "\\", "日本/𠮷", "#parsec", ""})
  void readsEveryTextBack(String text) {
    assertEquals(new Named(text, text, 7), parse(NAMED, NAMED.format(new Named(text, text, 7))));
    assertEquals(text, parse(ColumnCodec.KEYS, ColumnCodec.KEYS.format(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a\t", "a\tb", "a\tb\t", "a\tb\tc", "a\tb\t1\t2"})
  void refusesALineWithOtherColumns(String line) {
    assertThrows(IllegalArgumentException.class, () -> parse(NAMED, line));
  }

  @Test
  void sortsAndMergesItsRecords() throws IOException {
    RecordSorter<String> sorter = new RecordSorter<>(ColumnCodec.KEYS, scratch, "keys", 2);
    for (String key : List.of("b", "a\tx", "a", "\ud842\udfb7", "b", "\uff21")) {
      sorter.add(key);
    }
    try (RecordStream<String> sorted = sorter.sorted()) {
      for (String key : List.of("a", "a\tx", "b", "\uff21", "\ud842\udfb7")) {
        assertEquals(key, sorted.next());
      }
      assertFalse(sorted.hasNext());
    }
  }

  private static <T> T parse(RecordCodec<T> codec, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return codec.parse(bytes, 0, bytes.length);
  }
}
