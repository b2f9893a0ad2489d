package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexLineTest {

  private static final String DIGEST = "0123456789abcdef".repeat(4);

  static IndexRecord entry(String key, String etag, boolean covered) {
    return new IndexRecord(
        key, 524_328, DIGEST, etag, Instant.parse("2026-11-22T02:00:00.123Z"), covered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CoolOrg/x", "a\tb", "a\nb\r", "a\\b", "a\\tb", "\\", "\\n\n", "日本/𠮷", "#parsec"})
  void bringsEveryKeyBackFromOneLine(String key) {
    for (boolean covered : new boolean[] {true, false}) {
      IndexRecord entry = entry(key, "etag-\t-2", covered);
      String line = IndexLine.format(entry);
      assertFalse(line.contains("\n") || line.contains("\r"));
      assertEquals(entry, IndexLine.parse(line));
    }
  }

  @Test
  void refusesALineThatWasCutAnywhere() {
    String line = IndexLine.format(entry("CoolOrg/x", "e", true));
    for (int length = 0; length < line.length(); length++) {
      String cut = line.substring(0, length);
      assertThrows(IllegalArgumentException.class, () -> IndexLine.parse(cut), cut);
    }
  }

  @Test
  void refusesItsOwnHeader() {
    assertThrows(IllegalArgumentException.class, () -> IndexLine.parse(IndexLine.HEADER));
  }
}
