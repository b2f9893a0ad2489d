package io.parsecbackup.repository;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Lists the files under {@code objects/}, whatever created them and whatever the index says. */
public final class ObjectWalk {

  private static final Logger LOG = Logger.getLogger(ObjectWalk.class);

  private final Storage storage;
  private final ObjectFiles objects;

  ObjectWalk(ObjectFiles objects) {
    this.storage = objects.storage();
    this.objects = objects;
  }

  /**
   * Adds each regular file. Skips, with a warning, everything that is not a regular file, cannot be
   * read, or has a name that no key can have. Follows no links.
   *
   * @throws io.parsecbackup.Problem when cancelled
   * @throws IOException when the storage cannot be listed, or {@code into} cannot be written
   */
  public void read(RecordSorter<FoundFile> into, Cancellation cancellation) throws IOException {
    cancellation.throwIfCancelled();
    String root = ObjectFiles.name("");
    try {
      Iterator<StoredFile> files = storage.list(root);
      while (files.hasNext()) {
        cancellation.throwIfCancelled();
        StoredFile file = files.next();
        String key = file.name().substring(root.length());
        Optional<String> refusal = objects.textRefusal(key);
        if (refusal.isPresent()) {
          LOG.warnf("Skipped %s: %s", storage.locate(file.name()), refusal.get());
        } else {
          into.add(new FoundFile(key, file.size(), file.lastModified()));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
