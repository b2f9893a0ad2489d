package io.parsecbackup.copy;

import io.parsecbackup.repository.ObjectPlace;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The bytes of one object on their way to a place. Blocks of Parsec stay in memory. */
final class ObjectBytes {

  /** In bytes; times the number of threads. */
  private static final long MOST_IN_MEMORY = 1L << 20;

  private final Workspace workspace;
  private final IndexRecord entry;
  private Optional<Content> content = Optional.empty();

  ObjectBytes(Workspace workspace, IndexRecord entry) {
    this.workspace = workspace;
    this.entry = entry;
  }

  /** Reads a file that may have the bytes. Returns their digest. */
  String read(ObjectPlace place) throws IOException {
    Content read =
        entry.size() <= MOST_IN_MEMORY ? Content.of(place.bytes()) : scratch(place.local());
    content = Optional.of(read);
    return read.sha256();
  }

  private Content scratch(Path local) {
    try {
      Path scratch = Files.copy(local, workspace.newFile());
      return Content.of(scratch, Sha256.of(scratch));
    } catch (IOException e) {
      // The place fails, not the object.
      throw new UncheckedIOException(e);
    }
  }

  /** What was read last. */
  Content content() {
    return content.orElseThrow();
  }
}
