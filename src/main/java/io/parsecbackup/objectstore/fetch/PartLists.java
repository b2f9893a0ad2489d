package io.parsecbackup.objectstore.fetch;

import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.RecordStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lists of one part of a planned run.
 *
 * @param files the lists that are not empty, by name
 * @param done the keys of the objects that an earlier process of the part has fetched
 */
record PartLists(Map<String, Path> files, Path done) implements FetchLists {

  static final String FETCH = "fetch.tsv";
  static final String RECHECK = "recheck.tsv";
  static final String REPLACED = "replaced.tsv";

  @Override
  public boolean needsSource() throws IOException {
    try (RecordStream<PlannedFetch> fetch = toFetch();
        RecordStream<IndexRecord> recheck = toRecheck();
        RecordStream<IndexRecord> replaced = replaced()) {
      return fetch.hasNext() || recheck.hasNext() || replaced.hasNext();
    }
  }

  @Override
  public RecordStream<PlannedFetch> toFetch() throws IOException {
    RecordStream<PlannedFetch> all = planned();
    try {
      return all.without(RecordStream.merge(ColumnCodec.KEYS, List.of(done)));
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** As {@link #toFetch}, with what is done. */
  RecordStream<PlannedFetch> planned() throws IOException {
    return open(PlannedFetch.CODEC, FETCH);
  }

  @Override
  public RecordStream<IndexRecord> toRecheck() throws IOException {
    return open(IndexCodec.INSTANCE, RECHECK);
  }

  @Override
  public RecordStream<IndexRecord> replaced() throws IOException {
    return open(IndexCodec.INSTANCE, REPLACED);
  }

  private <T> RecordStream<T> open(RecordCodec<T> codec, String list) throws IOException {
    return RecordStream.merge(
        codec, Stream.of(Optional.ofNullable(files.get(list))).flatMap(Optional::stream).toList());
  }
}
