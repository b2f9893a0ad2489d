package io.parsecbackup.repository;

import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordCodec;
import java.time.Instant;
import java.util.List;

/**
 * A file under {@code objects/}, whether or not the index has it.
 *
 * @param size in bytes
 * @param lastModified the file's date, to the millisecond
 */
public record FoundFile(String key, long size, Instant lastModified) {

  /** Writes found files to scratch files. */
  public static final RecordCodec<FoundFile> CODEC =
      new ColumnCodec<>(
          FoundFile::key,
          2,
          file ->
              List.of(
                  Long.toString(file.size()), Long.toString(file.lastModified().toEpochMilli())),
          columns ->
              new FoundFile(
                  columns.get(0),
                  Long.parseLong(columns.get(1)),
                  Instant.ofEpochMilli(Long.parseLong(columns.get(2)))));
}
