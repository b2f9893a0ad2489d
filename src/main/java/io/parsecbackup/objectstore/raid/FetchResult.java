package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.repository.index.ContentCheck;
import java.nio.file.Path;
import java.util.List;

/**
 * A whole object that was fetched from the source.
 *
 * @param file its bytes, in scratch. The receiver moves or deletes it.
 * @param check how its bytes were checked
 * @param others copies of the same size with other bytes, if the source stores several copies. The
 *     receiver moves or deletes their files too.
 */
public record FetchResult(Path file, FetchedObject fetched, ContentCheck check, List<Copy> others) {

  /** Another copy of the object. */
  public record Copy(Path file, FetchedObject fetched) {}
}
