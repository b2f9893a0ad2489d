package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
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

  private final List<SortedRecords> files;
  private final PriorityQueue<SortedRecords> others = new PriorityQueue<>(SortedRecords.ORDER);

  /** The file whose record comes next; none at the end. */
  private @Nullable SortedRecords first;

  private RecordStream(List<SortedRecords> files) {
    this.files = files;
    for (SortedRecords file : files) {
      if (file.advance()) {
        others.add(file);
      }
    }
    this.first = others.poll();
  }

  /**
   * Merges sorted files, the oldest first; where several know a key, the last of them is believed.
   *
   * @throws IOException when a file cannot be opened
   */
  public static RecordStream merge(List<Path> oldestFirst) throws IOException {
    List<SortedRecords> files = new ArrayList<>();
    try {
      for (Path file : oldestFirst) {
        files.add(new SortedRecords(file, files.size()));
      }
      return new RecordStream(files);
    } catch (IOException | RuntimeException e) {
      closeAll(files);
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
  public static RecordStream mergeAny(List<Path> oldestFirst, Supplier<Path> intermediate)
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
    return first != null;
  }

  /**
   * The next record.
   *
   * @throws IllegalStateException when a file is damaged: a line is no record, or out of order
   */
  @Override
  public IndexRecord next() {
    SortedRecords file = first();
    IndexRecord result = file.record();
    pass(file);
    return result;
  }

  /** What the index has under {@code key}; earlier keys are passed. */
  public Optional<IndexRecord> take(String key) {
    while (first != null) {
      int order = KeyOrder.compare(first.record().key(), key);
      if (order > 0) {
        return Optional.empty();
      }
      IndexRecord passed = next();
      if (order == 0) {
        return Optional.of(passed);
      }
    }
    return Optional.empty();
  }

  /** Passes the next record if it covers the reference in that line; else passes nothing. */
  boolean passIfItCovers(LineReader reference) {
    SortedRecords file = first;
    if (file == null || !file.covers(reference)) {
      return false;
    }
    pass(file);
    return true;
  }

  private SortedRecords first() {
    if (first == null) {
      throw new NoSuchElementException();
    }
    return first;
  }

  /** Passes the record that comes next, and whatever else there is of its key. */
  private void pass(SortedRecords file) {
    while (!others.isEmpty() && others.element().compareKeys(file) == 0) {
      SortedRecords older = others.remove();
      if (older.advance()) {
        others.add(older);
      }
    }
    boolean there = file.advance();
    while (there && file.repeatsKey()) {
      there = file.advance();
    }
    // Most of the records are in one file, which therefore often stays the first.
    if (there && (others.isEmpty() || SortedRecords.ORDER.compare(file, others.element()) < 0)) {
      return;
    }
    if (there) {
      others.add(file);
    }
    first = others.poll();
  }

  @Override
  public void close() {
    closeAll(files);
  }

  private static void closeAll(List<SortedRecords> files) {
    for (SortedRecords file : files) {
      file.close();
    }
  }
}
