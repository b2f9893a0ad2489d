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
 * Records in {@link KeyOrder}, one at a time and each key once. However long the stream is, it
 * holds one record of each file that it reads.
 */
public final class RecordStream<T> implements Iterator<T>, AutoCloseable {

  /** Files merged at once: limits the readers' buffers and the open files. */
  static final int FAN_IN = 64;

  private final RecordCodec<T> codec;
  private final List<SortedRecords<T>> files;
  private final PriorityQueue<SortedRecords<T>> others = new PriorityQueue<>();

  /** The file whose record comes next; null at the end. */
  private @Nullable SortedRecords<T> first;

  /** Lines that are left out; null if no line is left out. */
  private @Nullable LineCheck leftOut;

  /** Keys whose records are left out; null if no record is left out. */
  private @Nullable RecordStream<?> excluded;

  private RecordStream(RecordCodec<T> codec, List<SortedRecords<T>> files) {
    this.codec = codec;
    this.files = files;
    for (SortedRecords<T> file : files) {
      if (file.advance()) {
        others.add(file);
      }
    }
    this.first = others.poll();
  }

  /**
   * Merges sorted files, the oldest first. If several have a key, the last one's record is used.
   *
   * @throws IOException when a file cannot be opened
   */
  public static <T> RecordStream<T> merge(RecordCodec<T> codec, List<Path> oldestFirst)
      throws IOException {
    List<SortedRecords<T>> files = new ArrayList<>();
    try {
      for (Path file : oldestFirst) {
        files.add(new SortedRecords<>(codec, file, files.size()));
      }
      return new RecordStream<>(codec, files);
    } catch (IOException | RuntimeException e) {
      closeAll(files);
      throw e;
    }
  }

  /** A stream without records. */
  public static <T> RecordStream<T> empty(RecordCodec<T> codec) {
    return new RecordStream<>(codec, List.of());
  }

  /**
   * Merges any number of sorted files in bounded memory and with few of them open. If there are too
   * many, it first merges neighbours into files of their own, which keeps the order of age. It
   * changes none of the given files.
   *
   * @param intermediate names a file that does not exist yet
   */
  public static <T> RecordStream<T> mergeAny(
      RecordCodec<T> codec, List<Path> oldestFirst, Supplier<Path> intermediate)
      throws IOException {
    List<Path> files = oldestFirst;
    while (files.size() > FAN_IN) {
      List<Path> merged = new ArrayList<>();
      for (int from = 0; from < files.size(); from += FAN_IN) {
        Path file = intermediate.get();
        try (RecordStream<T> group =
                merge(codec, files.subList(from, Math.min(from + FAN_IN, files.size())));
            var writer = PrivateFiles.newWriter(file)) {
          while (group.hasNext()) {
            writer.write(codec.format(group.next()));
            writer.write('\n');
          }
        }
        merged.add(file);
      }
      files = merged;
    }
    return merge(codec, files);
  }

  /** This stream without the records whose lines pass the check. */
  RecordStream<T> withoutLines(LineCheck check) {
    leftOut = check;
    skipExcluded();
    return this;
  }

  /** This stream without the records that have these keys. It closes {@code keys} with itself. */
  public RecordStream<T> without(RecordStream<?> keys) {
    excluded = keys;
    skipExcluded();
    return this;
  }

  @Override
  public boolean hasNext() {
    return first != null;
  }

  /**
   * The next record.
   *
   * @throws IllegalStateException when a file is damaged: a line is not a record, or not in order
   */
  @Override
  public T next() {
    SortedRecords<T> file = first();
    T result = file.record();
    skip(file);
    return result;
  }

  /** The record with {@code key}. Skips records with lower keys. */
  public Optional<T> take(String key) {
    while (first != null) {
      int order = KeyOrder.compare(first.key(), key);
      if (order > 0) {
        return Optional.empty();
      }
      T passed = next();
      if (order == 0) {
        return Optional.of(passed);
      }
    }
    return Optional.empty();
  }

  /** Skips the next record if its line begins with that one and the rest passes the check. */
  boolean skipIf(LineReader start, LineCheck check) {
    SortedRecords<T> file = first;
    if (file == null || !file.matches(start, check)) {
      return false;
    }
    skip(file);
    return true;
  }

  private SortedRecords<T> first() {
    if (first == null) {
      throw new NoSuchElementException();
    }
    return first;
  }

  private void skip(SortedRecords<T> file) {
    advance(file);
    skipExcluded();
  }

  private void skipExcluded() {
    while (first != null && isExcluded(first)) {
      advance(first);
    }
  }

  private boolean isExcluded(SortedRecords<T> record) {
    return (leftOut != null && record.passes(leftOut))
        || (excluded != null && excluded.hasNext() && excluded.take(record.key()).isPresent());
  }

  /** Moves past the next record and all others with its key. */
  private void advance(SortedRecords<T> file) {
    while (!others.isEmpty() && others.element().compareKeys(file) == 0) {
      SortedRecords<T> older = others.remove();
      if (older.advance()) {
        others.add(older);
      }
    }
    boolean there = file.advance();
    while (there && file.repeatsKey()) {
      there = file.advance();
    }
    // Most records are in one file, so it often stays the first.
    if (there && (others.isEmpty() || file.compareTo(others.element()) < 0)) {
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
    if (excluded != null) {
      excluded.close();
    }
  }

  private static <T> void closeAll(List<SortedRecords<T>> files) {
    for (SortedRecords<T> file : files) {
      file.close();
    }
  }
}
