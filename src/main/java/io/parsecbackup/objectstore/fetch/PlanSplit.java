package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.Cursor;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Splits a plan into parts of equally many objects. Each part is a range of keys, so that what the
 * parts have stored is in key order one after the other.
 *
 * @param written receives the lists that are not empty, by name
 */
record PlanSplit(FetchPlan plan, int parts, Path folder, Map<String, Path> written) {

  /** The name of the list of one part. */
  static String name(int part, String list) {
    return part + "/" + list;
  }

  void write() throws IOException {
    try (RecordStream<PlannedFetch> fetched = plan.toFetch();
        RecordStream<IndexRecord> rechecked = plan.toRecheck();
        RecordStream<IndexRecord> replaced = plan.replaced();
        Lists<PlannedFetch> fetch = new Lists<>(PlannedFetch.CODEC, PartLists.FETCH);
        Lists<IndexRecord> recheck = new Lists<>(IndexCodec.INSTANCE, PartLists.RECHECK);
        Lists<IndexRecord> other = new Lists<>(IndexCodec.INSTANCE, PartLists.REPLACED)) {
      Cursor<PlannedFetch> toFetch = new Cursor<>(fetched, PlannedFetch::key);
      Cursor<IndexRecord> toRecheck = new Cursor<>(rechecked, IndexRecord::key);
      Cursor<IndexRecord> toCompare = new Cursor<>(replaced, IndexRecord::key);
      long at = 0;
      while (true) {
        Optional<String> next = Cursor.first(toFetch, toRecheck, toCompare);
        if (next.isEmpty()) {
          return;
        }
        int part = (int) (at++ * parts / plan.size());
        fetch.add(part, toFetch.take(next.get()));
        recheck.add(part, toRecheck.take(next.get()));
        other.add(part, toCompare.take(next.get()));
      }
    }
  }

  /** Writes the lists of one kind, one part after the other. */
  private final class Lists<T> implements AutoCloseable {

    private final RecordCodec<T> codec;
    private final String list;
    private int part;
    private @Nullable BufferedWriter writer;

    Lists(RecordCodec<T> codec, String list) {
      this.codec = codec;
      this.list = list;
    }

    void add(int to, Optional<T> record) throws IOException {
      if (record.isEmpty()) {
        return;
      }
      BufferedWriter out = writer;
      if (out == null || part != to) {
        close();
        part = to;
        Path file = folder.resolve(part + "-" + list);
        written.put(name(part, list), file);
        out = PrivateFiles.newWriter(file);
        writer = out;
      }
      out.write(codec.format(record.get()));
      out.write('\n');
    }

    @Override
    public void close() throws IOException {
      if (writer != null) {
        writer.close();
        writer = null;
      }
    }
  }
}
