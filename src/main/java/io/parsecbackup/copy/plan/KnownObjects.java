package io.parsecbackup.copy.plan;

import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The objects that a place has. Its index is read once, when it is first needed. */
public final class KnownObjects {

  private final Workspace workspace;
  private Optional<Path> file = Optional.empty();

  public KnownObjects(Workspace workspace) {
    this.workspace = workspace;
  }

  /** The records in key order. */
  public RecordStream<IndexRecord> open() throws IOException {
    if (file.isEmpty()) {
      Path records = workspace.newFile();
      try (RecordStream<IndexRecord> index = workspace.known();
          BufferedWriter writer = PrivateFiles.newWriter(records)) {
        while (index.hasNext()) {
          writer.write(IndexCodec.INSTANCE.format(index.next()));
          writer.write('\n');
        }
      }
      file = Optional.of(records);
    }
    return RecordStream.merge(IndexCodec.INSTANCE, List.of(file.get()));
  }
}
