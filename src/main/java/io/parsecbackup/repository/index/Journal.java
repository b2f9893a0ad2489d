package io.parsecbackup.repository.index;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a run stores under {@code objects/}, in that order. In a folder a record is
 * written to the operating system before its object gets its name, so a killed run leaves no object
 * that is not in its journal. In a bucket a record follows its object, because the server may
 * refuse it. A record is not proof: after a crash each object is hashed and compared with its
 * record.
 */
public final class Journal implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Journal.class);

  /** In characters. A key has 1024 bytes at most, and no other column is longer. */
  private static final int LONGEST_LINE = 64 << 10;

  private final FileChannel channel;

  private Journal(FileChannel channel) {
    this.channel = channel;
  }

  public static Journal append(Path file) throws IOException {
    return new Journal(PrivateFiles.open(file, CREATE, APPEND));
  }

  /** Adds a record. Thread-safe. If the process is killed, the last line may be incomplete. */
  public void add(IndexRecord entry) throws IOException {
    write(
        ByteBuffer.wrap(
            (IndexCodec.INSTANCE.format(entry) + '\n').getBytes(StandardCharsets.UTF_8)));
  }

  private synchronized void write(ByteBuffer line) throws IOException {
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  /** Removes all records, because published segments contain them. */
  public synchronized void empty() throws IOException {
    channel.truncate(0);
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }

  /** Receives the records of a journal. */
  public interface Reader {
    void read(IndexRecord entry) throws IOException;
  }

  /** Reads a journal. Skips incomplete lines and lines that a power cut has damaged. */
  public static void read(Path file, Reader reader) throws IOException {
    read(file, 0, reader);
  }

  /**
   * Reads the end of a journal.
   *
   * @param from the start of a line, in bytes
   */
  public static void read(Path file, long from, Reader reader) throws IOException {
    // This reader replaces bytes that are not UTF-8, and such a line is not a valid record.
    try (InputStream in = PlainFiles.open(file);
        Lines lines = new Lines(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      in.skipNBytes(from);
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (IndexCodec.isHeader(line)) {
          continue;
        }
        IndexRecord entry;
        try {
          entry = IndexCodec.INSTANCE.parse(line);
        } catch (IllegalArgumentException e) {
          LOG.warnf("Skipped an invalid line in %s; its object is fetched again", file);
          continue;
        }
        reader.read(entry);
      }
    }
  }

  /**
   * Lines of text. Of a line that is longer than any record it keeps only the start: a power cut
   * may fill a whole file with zeros.
   */
  private static final class Lines implements AutoCloseable {

    private final InputStreamReader in;
    private final char[] buffer = new char[8 << 10];
    private int at;
    private int filled;

    Lines(InputStreamReader in) {
      this.in = in;
    }

    /** The next line without its line feed, or null at the end. */
    @Nullable String next() throws IOException {
      if (at == filled && !fill()) {
        return null;
      }
      StringBuilder line = new StringBuilder();
      do {
        int end = at;
        while (end < filled && buffer[end] != '\n') {
          end++;
        }
        line.append(buffer, at, Math.min(end - at, LONGEST_LINE - line.length()));
        at = Math.min(end + 1, filled);
        if (end < filled) {
          break;
        }
      } while (fill());
      return line.toString();
    }

    private boolean fill() throws IOException {
      at = 0;
      filled = Math.max(0, in.read(buffer));
      return filled > 0;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
