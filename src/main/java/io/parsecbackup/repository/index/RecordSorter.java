package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Brings records that arrive in any order into {@link KeyOrder}, in bounded memory: full chunks are
 * sorted and written to scratch, and merged when read. Of several records with one key the last
 * that was added counts.
 */
public final class RecordSorter {

  private static final Comparator<IndexRecord> BY_KEY =
      Comparator.comparing(IndexRecord::key, KeyOrder.BYTES);

  /** About 6 MB of records. */
  private static final int CHUNK = 16_384;

  private final Path scratch;
  private final String name;
  private final int chunkSize;
  private final List<IndexRecord> chunk = new ArrayList<>();
  private final List<Path> runs = new ArrayList<>();
  private int written;

  /**
   * @param scratch an existing folder for the chunks
   * @param name begins the chunks' file names; unique in that folder
   */
  public RecordSorter(Path scratch, String name) {
    this(scratch, name, CHUNK);
  }

  RecordSorter(Path scratch, String name, int chunkSize) {
    this.scratch = scratch;
    this.name = name;
    this.chunkSize = chunkSize;
  }

  public void add(IndexRecord entry) throws IOException {
    chunk.add(entry);
    if (chunk.size() >= chunkSize) {
      spill();
    }
  }

  /** Everything added so far, sorted; nothing may be added afterwards. */
  public RecordStream sorted() throws IOException {
    spill();
    return RecordStream.mergeAny(runs, this::nextFile);
  }

  private void spill() throws IOException {
    if (chunk.isEmpty()) {
      return;
    }
    // A stable sort of the reversed list puts the youngest of equal keys first.
    Collections.reverse(chunk);
    chunk.sort(BY_KEY);
    Path run = nextFile();
    try (var writer = PrivateFiles.newWriter(run)) {
      String previous = "";
      for (IndexRecord entry : chunk) {
        if (!entry.key().equals(previous)) {
          writer.write(IndexLine.format(entry));
          writer.write('\n');
        }
        previous = entry.key();
      }
    }
    chunk.clear();
    runs.add(run);
  }

  private Path nextFile() {
    return scratch.resolve(name + "-" + written++ + ".sorted");
  }
}
