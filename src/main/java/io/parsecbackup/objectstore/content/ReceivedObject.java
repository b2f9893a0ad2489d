package io.parsecbackup.objectstore.content;

/**
 * An object as it was received, with its bytes. Whoever has it closes it, see {@link ReceivedBody}.
 */
public record ReceivedObject(FetchedObject object, ReceivedBody body) implements AutoCloseable {

  /** The same bytes under another ETag. Replaces this one. */
  public ReceivedObject withEtag(String other) {
    return new ReceivedObject(object.withEtag(other), body);
  }

  @Override
  public void close() {
    body.close();
  }
}
