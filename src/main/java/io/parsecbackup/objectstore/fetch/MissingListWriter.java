package io.parsecbackup.objectstore.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.parsecbackup.repository.MissingList;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the list of objects that a run could not fetch. Each line has a key and the reason. The
 * file is created with the first line.
 */
public final class MissingListWriter implements AutoCloseable {

  private final Path file;
  private @Nullable FileChannel channel;

  public MissingListWriter(Path file) {
    this.file = file;
  }

  public synchronized void add(String key, String why) throws IOException {
    if (channel == null) {
      channel = PrivateFiles.create(file);
    }
    String line = MissingList.escape(key) + "\t" + MissingList.escape(why) + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The list; empty if it has no line. */
  public synchronized Optional<Path> file() {
    return channel == null ? Optional.empty() : Optional.of(file);
  }

  @Override
  public synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
