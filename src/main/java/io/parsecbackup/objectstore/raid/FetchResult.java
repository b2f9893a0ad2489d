package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.repository.index.ContentCheck;
import java.nio.file.Path;
import java.util.List;

/**
 * A whole object as it came from the source.
 *
 * @param file its bytes, in scratch; the receiver's to move or delete
 * @param check how its bytes were checked
 * @param others copies of the same size and other bytes, where the source keeps several; the
 *     receiver's, too
 */
public record FetchResult(Path file, FetchedObject fetched, ContentCheck check, List<Copy> others) {

  /** Another copy of the object. */
  public record Copy(Path file, FetchedObject fetched) {}
}
