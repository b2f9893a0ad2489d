package io.parsecbackup.copy.plan;

import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Objects to copy, as index records in key order.
 *
 * @param place a file with those that become the objects of their keys
 * @param aside a file with those that go to {@code conflicts/}, because newer bytes have the key
 * @param count of both
 * @param bytes of both
 */
public record PlannedObjects(Path place, Path aside, long count, long bytes) {

  /** Writes the files. */
  public static final class Writer implements AutoCloseable {

    private final Path place;
    private final Path aside;
    private final BufferedWriter placed;
    private final BufferedWriter kept;
    private long count;
    private long bytes;

    /**
     * @param place and {@code aside}: files that do not exist yet
     */
    public Writer(Path place, Path aside) throws IOException {
      this.place = place;
      this.aside = aside;
      this.placed = PrivateFiles.newWriter(place);
      try {
        this.kept = PrivateFiles.newWriter(aside);
      } catch (IOException e) {
        placed.close();
        throw e;
      }
    }

    public void place(IndexRecord entry) throws IOException {
      write(placed, entry);
    }

    public void aside(IndexRecord entry) throws IOException {
      write(kept, entry);
    }

    private void write(BufferedWriter file, IndexRecord entry) throws IOException {
      file.write(IndexCodec.INSTANCE.format(entry));
      file.write('\n');
      count++;
      bytes += entry.size();
    }

    /** Closes the files. */
    public PlannedObjects finish() throws IOException {
      close();
      return new PlannedObjects(place, aside, count, bytes);
    }

    @Override
    public void close() throws IOException {
      try (placed) {
        kept.close();
      }
    }
  }
}
