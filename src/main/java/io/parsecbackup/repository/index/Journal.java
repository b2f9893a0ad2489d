package io.parsecbackup.repository.index;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a run is about to put into {@code objects/}, in the order it happens. A record is with the
 * operating system before its object gets its name, so a killed run leaves no object that its
 * journal does not know. It is no proof: after a crash each object is hashed and compared with its
 * record.
 */
public final class Journal implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Journal.class);

  /** Letters; a key has 1024 bytes at most, and nothing else in a record is longer. */
  private static final int LONGEST_LINE = 64 << 10;

  private final FileChannel channel;

  private Journal(FileChannel channel) {
    this.channel = channel;
  }

  public static Journal append(Path file) throws IOException {
    return new Journal(PrivateFiles.open(file, CREATE, APPEND));
  }

  /** Adds a record, whole or not at all where the process is killed; callable from any thread. */
  public synchronized void add(IndexRecord entry) throws IOException {
    ByteBuffer line =
        ByteBuffer.wrap(
            (IndexCodec.INSTANCE.format(entry) + '\n').getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }

  /** Receives the records of a journal. */
  public interface Reader {
    void read(IndexRecord entry) throws IOException;
  }

  /**
   * Reads a journal that may end in the middle of a record, or be damaged by a power cut: such
   * lines are passed over.
   */
  public static void read(Path file, Reader reader) throws IOException {
    // A reader that replaces what is no UTF-8: zeros and torn bytes make a line that is no record.
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(PlainFiles.open(file), StandardCharsets.UTF_8))) {
      for (String line = line(lines); line != null; line = line(lines)) {
        if (IndexCodec.isHeader(line)) {
          continue;
        }
        IndexRecord entry;
        try {
          entry = IndexCodec.INSTANCE.parse(line);
        } catch (IllegalArgumentException e) {
          LOG.warnf("%s holds a line that is no record; its object is fetched again", file);
          continue;
        }
        reader.read(entry);
      }
    }
  }

  /**
   * The next line, or null at the end. Of one that is longer than any record only the beginning: a
   * power cut may leave zeros for as far as the file reaches.
   */
  private static @Nullable String line(BufferedReader lines) throws IOException {
    int next = lines.read();
    if (next < 0) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    for (; next >= 0 && next != '\n'; next = lines.read()) {
      if (line.length() < LONGEST_LINE) {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
