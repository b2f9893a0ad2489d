package io.parsecbackup.copy;

import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects that a place has, and those that are planned already. The index of the place is read
 * once, when it is first needed.
 */
final class KnownObjects {

  /** More files than this are merged into one. */
  private static final int MOST_FILES = 32;

  private final Workspace workspace;
  private final List<Path> oldestFirst = new ArrayList<>();
  private boolean opened;

  KnownObjects(Workspace workspace) {
    this.workspace = workspace;
  }

  /** The records in key order. */
  RecordStream<IndexRecord> open() throws IOException {
    if (!opened) {
      opened = true;
      try (RecordStream<IndexRecord> index = workspace.known()) {
        oldestFirst.add(write(index));
      }
    }
    if (oldestFirst.size() > MOST_FILES) {
      Path merged;
      try (RecordStream<IndexRecord> all = RecordStream.merge(IndexCodec.INSTANCE, oldestFirst)) {
        merged = write(all);
      }
      oldestFirst.clear();
      oldestFirst.add(merged);
    }
    return RecordStream.merge(IndexCodec.INSTANCE, oldestFirst);
  }

  /**
   * Adds the records of a segment.
   *
   * @param isNewest whether they replace others with the same keys
   */
  void add(Path segment, boolean isNewest) {
    oldestFirst.add(isNewest ? oldestFirst.size() : 0, segment);
  }

  private Path write(RecordStream<IndexRecord> records) throws IOException {
    Path file = workspace.newFile();
    try (BufferedWriter writer = PrivateFiles.newWriter(file)) {
      while (records.hasNext()) {
        writer.write(IndexCodec.INSTANCE.format(records.next()));
        writer.write('\n');
      }
    }
    return file;
  }
}
