package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.ReceivedObject;
import io.parsecbackup.repository.index.ContentCheck;
import io.parsecbackup.repository.storage.Content;
import java.util.List;

/**
 * A whole object that was fetched from the source. Whoever has it closes it, when its bytes are
 * stored and also when they are not needed.
 *
 * @param check how its bytes were checked
 * @param others copies of the same size with other bytes, if the source stores several copies
 */
public record FetchResult(ReceivedObject received, ContentCheck check, List<ReceivedObject> others)
    implements AutoCloseable {

  /** What is known about the object. */
  public FetchedObject fetched() {
    return received.object();
  }

  /** Its bytes. */
  public Content content() {
    return received.body().content();
  }

  @Override
  public void close() {
    received.close();
    others.forEach(ReceivedObject::close);
  }
}
