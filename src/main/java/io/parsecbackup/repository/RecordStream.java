package io.parsecbackup.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Index records in {@link KeyOrder}, one at a time and each key once: however long the stream is,
 * it holds one record of each file it reads.
 */
public final class RecordStream implements Iterator<IndexRecord>, AutoCloseable {

  /** Files merged at once: bounds the readers' buffers and open files. */
  static final int FAN_IN = 64;

  private final List<Source> sources;
  private final PriorityQueue<Source> heads;

  private RecordStream(List<Source> sources) {
    this.sources = sources;
    // Of equal keys the younger file's comes first, and is the one that counts.
    this.heads =
        new PriorityQueue<>(
            Comparator.comparing((Source source) -> source.head().key(), KeyOrder.BYTES)
                .thenComparing(source -> -source.age));
    for (Source source : sources) {
      if (source.advance()) {
        heads.add(source);
      }
    }
  }

  /**
   * Merges sorted files, the oldest first; where several know a key, the last of them is believed.
   *
   * @throws IOException when a file cannot be opened
   */
  static RecordStream merge(List<Path> oldestFirst) throws IOException {
    List<Source> sources = new ArrayList<>();
    try {
      for (Path file : oldestFirst) {
        sources.add(new Source(file, sources.size()));
      }
      return new RecordStream(sources);
    } catch (IOException | RuntimeException e) {
      closeAll(sources);
      throw e;
    }
  }

  /** A stream that is at its end. */
  public static RecordStream empty() {
    return new RecordStream(List.of());
  }

  /**
   * Merges any number of sorted files with bounded memory and few of them open: where there are too
   * many, neighbours are merged into files of their own first, so that the younger of two stays the
   * younger one. The files given stay as they are.
   *
   * @param intermediate gives the name of a file that is not there yet
   */
  static RecordStream mergeAny(List<Path> oldestFirst, Supplier<Path> intermediate)
      throws IOException {
    List<Path> files = oldestFirst;
    while (files.size() > FAN_IN) {
      List<Path> merged = new ArrayList<>();
      for (int from = 0; from < files.size(); from += FAN_IN) {
        Path file = intermediate.get();
        try (RecordStream group =
                merge(files.subList(from, Math.min(from + FAN_IN, files.size())));
            var writer = PrivateFiles.newWriter(file)) {
          while (group.hasNext()) {
            writer.write(IndexLine.format(group.next()));
            writer.write('\n');
          }
        }
        merged.add(file);
      }
      files = merged;
    }
    return merge(files);
  }

  @Override
  public boolean hasNext() {
    return !heads.isEmpty();
  }

  @Override
  public IndexRecord next() {
    Source first = heads.poll();
    if (first == null) {
      throw new NoSuchElementException();
    }
    IndexRecord result = first.head();
    putBack(first);
    while (!heads.isEmpty() && heads.element().head().key().equals(result.key())) {
      putBack(heads.remove());
    }
    return result;
  }

  private void putBack(Source source) {
    if (source.advance()) {
      heads.add(source);
    }
  }

  @Override
  public void close() {
    closeAll(sources);
  }

  private static void closeAll(List<Source> sources) {
    for (Source source : sources) {
      source.close();
    }
  }

  /** One sorted file and the record at which its reading stands. */
  private static final class Source implements AutoCloseable {
    private final Path file;
    private final int age;
    private final IndexReader records;
    private @Nullable IndexRecord head;

    Source(Path file, int age) throws IOException {
      this.file = file;
      this.age = age;
      this.records = new IndexReader(file);
    }

    IndexRecord head() {
      if (head == null) {
        throw new NoSuchElementException();
      }
      return head;
    }

    boolean advance() {
      String before = head == null ? "" : head.key();
      try {
        head = records.next().orElse(null);
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be read", e);
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException(file + " is damaged: " + e.getMessage(), e);
      }
      if (head != null && KeyOrder.compare(before, head.key()) > 0) {
        throw new IllegalStateException(file + " is damaged: its keys are not in order");
      }
      return head != null;
    }

    @Override
    public void close() {
      try {
        records.close();
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be closed", e);
      }
    }
  }
}
