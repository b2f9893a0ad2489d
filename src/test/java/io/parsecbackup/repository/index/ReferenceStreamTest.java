package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceStreamTest {

  @TempDir Path folder;

  private List<Reference> read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("references.tsv"), text);
    List<Reference> references = new ArrayList<>();
    try (ReferenceStream stream = new ReferenceStream(file)) {
      while (stream.hasNext()) {
        references.add(stream.next());
      }
      assertThrows(NoSuchElementException.class, stream::next);
    }
    return references;
  }

  private static Reference reference(String key, long size) {
    return new Reference(key, List.of(size));
  }

  private static Reference severalSizes(String key, Long... sizes) {
    return new Reference(key, List.of(sizes));
  }

  @Test
  void readsKeysAndSizesInOrder() throws IOException {
    assertEquals(
        List.of(
            reference("A/1", 0),
            reference("a-b/1", 5),
            reference("a/1", 524_328),
            reference("é/1", 3),
            reference("Ａ/1", 8_000_000_000L),
            reference("𠮷/1", 1)),
        read("A/1\t0\na-b/1\t5\na/1\t524328\né/1\t3\nＡ/1\t8000000000\n𠮷/1\t1\n"));
    assertEquals(List.of(), read(""));
  }

  @Test
  void readsPostgresqlsEscapes() throws IOException {
    assertEquals(
        List.of(reference("a\tb\\c/1", 1), reference("b\nc/1", 2)),
        read("a\\tb\\\\c/1\t1\nb\\nc/1\t2\n"));
  }

  @Test
  void returnsAKeyWithSeveralSizesOnce() throws IOException {
    assertEquals(
        List.of(
            severalSizes("a", 1L, 2L),
            reference("b", 2),
            severalSizes("c", 1L, 2L, 3L),
            reference("d", 4)),
        read("a\t1\na\t2\nb\t2\nb\t2\nc\t1\nc\t2\nc\t3\nd\t4\n"));
    assertEquals(List.of(severalSizes("a", 1L, 2L)), read("a\t2\na\t1\na\t2\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b\t1\na\t1\n",
        "a\t1\nb\t1\na\t1\n",
        "𠮷\t1\nＡ\t1\n",
        "a\t1\nb\n",
        "a\t1\nb\tx\n",
        "a\t1\nb\t\n",
        "a\t1\n\nb\t1\n",
        "no reference"
      })
  void reportsADamagedFile(String text) {
    IllegalStateException damaged = assertThrows(IllegalStateException.class, () -> read(text));
    assertTrue(
        String.valueOf(damaged.getMessage()).contains("references.tsv is damaged"),
        damaged::toString);
  }

  @Test
  void reportsAFileThatIsNotTextOrIsMissing() throws IOException {
    Path file = folder.resolve("references.tsv");
    Files.write(file, "a\t1\n\u00ff\t2\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThrows(
        IllegalStateException.class,
        () -> {
          try (ReferenceStream stream = new ReferenceStream(file)) {
            stream.next();
          }
        });
    Files.delete(file);
    assertThrows(NoSuchFileException.class, () -> new ReferenceStream(file));
  }

  @Test
  void isCoveredOnlyByAFinalObjectOfItsSize() {
    Reference reference = reference("a", 5);
    assertTrue(reference.isCoveredBy(entry(5, true)));
    assertFalse(reference.isCoveredBy(entry(5, false)));
    assertFalse(reference.isCoveredBy(entry(4, true)));
    assertFalse(severalSizes("a", 4L, 5L).isCoveredBy(entry(5, true)));
    assertFalse(severalSizes("a", 4L, 5L).isCoveredBy(entry(-1, true)));
  }

  private static IndexRecord entry(long size, boolean covered) {
    return new IndexRecord("a", size, "0".repeat(64), "", Instant.EPOCH, covered);
  }
}
