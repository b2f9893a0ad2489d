package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  @TempDir Path folder;

  @Test
  void returnsAllRecordsInTheirOrder() throws IOException {
    List<IndexRecord> records = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      records.add(record("Éléphant-日本/" + "k".repeat(i) + i));
    }
    write(records);
    assertEquals(records, read());
  }

  @Test
  void skipsAnIncompleteLastLine() throws IOException {
    write(List.of(record("a"), record("b")));
    append(IndexCodec.INSTANCE.format(record("c")).substring(0, 20));
    assertEquals(List.of(record("a"), record("b")), read());
  }

  @Test
  void skipsLinesOfZerosHoweverLongTheyAre() throws IOException {
    write(List.of(record("a")));
    append("\0".repeat(200_000) + "\n");
    write(List.of(record("b")));
    append("\0".repeat(200_000));
    assertEquals(List.of(record("a"), record("b")), read());
  }

  @Test
  void isEmptyIfNothingWasStored() throws IOException {
    write(List.of());
    assertEquals(List.of(), read());
  }

  private void write(List<IndexRecord> records) throws IOException {
    try (Journal journal = Journal.append(file())) {
      for (IndexRecord each : records) {
        journal.add(each);
      }
    }
  }

  private void append(String text) throws IOException {
    Files.write(file(), text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
  }

  private List<IndexRecord> read() throws IOException {
    List<IndexRecord> records = new ArrayList<>();
    Journal.read(file(), records::add);
    return records;
  }

  private Path file() {
    return folder.resolve("journal.tsv");
  }

  private static IndexRecord record(String key) {
    return new IndexRecord(key, 7, "a".repeat(64), "etag", Instant.EPOCH, true, ContentCheck.ETAG);
  }
}
