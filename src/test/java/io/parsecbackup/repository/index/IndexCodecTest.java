package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

public class IndexCodecTest {

  private static final String DIGEST = "0123456789abcdef".repeat(4);

  public static IndexRecord entry(String key, String etag, boolean covered) {
    return new IndexRecord(
        key, 524_328, DIGEST, etag, Instant.parse("2026-11-22T02:00:00.123Z"), covered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CoolOrg/x", "a\tb", "a\nb\r", "a\\b", "a\\tb", "\\", "\\n\n", "日本/𠮷", "#parsec"})
  void readsEveryKeyBackFromOneLine(String key) {
    for (boolean covered : new boolean[] {true, false}) {
      IndexRecord entry = entry(key, "etag-\t-2", covered);
      String line = IndexCodec.INSTANCE.format(entry);
      assertFalse(line.contains("\n") || line.contains("\r"));
      assertEquals(entry, IndexCodec.INSTANCE.parse(line));
    }
  }

  /** Older segments, without this column, have six columns. */
  @ParameterizedTest
  @EnumSource(ContentCheck.class)
  void recordsHowTheBytesWereChecked(ContentCheck check) {
    for (boolean covered : new boolean[] {true, false}) {
      IndexRecord old = entry("CoolOrg/x", "covered", covered);
      IndexRecord entry =
          new IndexRecord(
              old.key(), old.size(), old.sha256(), old.etag(), old.lastModified(), covered, check);
      String line = IndexCodec.INSTANCE.format(entry);
      assertEquals(entry, IndexCodec.INSTANCE.parse(line));
      assertEquals(check == ContentCheck.UNKNOWN ? 6 : 7, line.split("\t", -1).length);
      assertEquals(
          line.replaceFirst("(covered|open)\t[a-z]+$", "$1"), IndexCodec.INSTANCE.format(old));
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      assertEquals(covered, IndexCodec.isCovered(bytes, line.indexOf('\t'), bytes.length), line);
    }
  }

  @Test
  void distinguishesRemovedObjectsFromStoredOnes() {
    for (boolean removed : new boolean[] {true, false}) {
      IndexRecord stored = entry("CoolOrg/removed", "removed", true);
      IndexRecord entry = removed ? stored.asRemoved() : stored;
      String line = IndexCodec.INSTANCE.format(entry);
      assertEquals(entry, IndexCodec.INSTANCE.parse(line));
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      assertEquals(removed, IndexCodec.isRemoved(bytes, 0, bytes.length));
      assertEquals(!removed, IndexCodec.isCovered(bytes, line.indexOf('\t'), bytes.length));
    }
  }

  @Test
  void refusesAnUnknownCheck() {
    String line = IndexCodec.INSTANCE.format(entry("CoolOrg/x", "e", true));
    for (String check : new String[] {"", "md5", "ETAG", "etag\t", "covered"}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> IndexCodec.INSTANCE.parse(line + '\t' + check),
          check);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        IndexCodec.HEADER,
        "#parsec-backup-index 1\tsize\tsha256\tetag\tlast-modified-ms\tcovered|open"
      })
  void acceptsTheHeaderOfOlderSegments(String header) {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    assertTrue(IndexCodec.INSTANCE.isHeader(bytes, 0, bytes.length));
  }

  @Test
  void refusesATruncatedLine() {
    String line = IndexCodec.INSTANCE.format(entry("CoolOrg/x", "e", true));
    for (int length = 0; length < line.length(); length++) {
      String cut = line.substring(0, length);
      assertThrows(IllegalArgumentException.class, () -> IndexCodec.INSTANCE.parse(cut), cut);
    }
  }

  @Test
  void refusesItsOwnHeader() {
    assertThrows(
        IllegalArgumentException.class, () -> IndexCodec.INSTANCE.parse(IndexCodec.HEADER));
  }
}
