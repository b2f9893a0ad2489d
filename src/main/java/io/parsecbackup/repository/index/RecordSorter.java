package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Sorts records into {@link KeyOrder} in bounded memory: it writes sorted chunks to scratch files
 * and merges them when they are read. If several records have the same key, the last one added is
 * used.
 */
public final class RecordSorter<T> {

  /** About 6 MB of records. */
  private static final int CHUNK = 16_384;

  private final RecordCodec<T> codec;
  private final Path scratch;
  private final String name;
  private final int chunkSize;
  private final List<T> chunk = new ArrayList<>();
  private final List<Path> runs = new ArrayList<>();
  private int written;

  /**
   * @param codec how the records are written
   * @param scratch an existing folder for the chunks
   * @param name prefix of the chunks' file names, unique in that folder
   */
  public RecordSorter(RecordCodec<T> codec, Path scratch, String name) {
    this(codec, scratch, name, CHUNK);
  }

  RecordSorter(RecordCodec<T> codec, Path scratch, String name, int chunkSize) {
    this.codec = codec;
    this.scratch = scratch;
    this.name = name;
    this.chunkSize = chunkSize;
  }

  public void add(T entry) throws IOException {
    chunk.add(entry);
    if (chunk.size() >= chunkSize) {
      spill();
    }
  }

  /** Everything added so far, sorted. Nothing may be added afterwards. */
  public RecordStream<T> sorted() throws IOException {
    spill();
    return RecordStream.mergeAny(codec, runs, this::nextFile);
  }

  private void spill() throws IOException {
    if (chunk.isEmpty()) {
      return;
    }
    // The sort is stable: in the reversed list the newest of equal keys comes first.
    Collections.reverse(chunk);
    chunk.sort(Comparator.comparing(codec::key, KeyOrder.BYTES));
    Path run = nextFile();
    try (var writer = PrivateFiles.newWriter(run)) {
      Optional<String> previous = Optional.empty();
      for (T entry : chunk) {
        Optional<String> key = Optional.of(codec.key(entry));
        if (!key.equals(previous)) {
          writer.write(codec.format(entry));
          writer.write('\n');
        }
        previous = key;
      }
    }
    chunk.clear();
    runs.add(run);
  }

  private Path nextFile() {
    return scratch.resolve(name + "-" + written++ + ".sorted");
  }
}
