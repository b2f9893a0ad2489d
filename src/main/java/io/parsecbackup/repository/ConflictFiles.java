package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The files under {@code conflicts/}: bytes that do not belong to an object, or no longer do.
 * Nothing is ever deleted there.
 */
final class ConflictFiles {

  private static final Logger LOG = Logger.getLogger(ConflictFiles.class);

  private static final String UNREADABLE = "unreadable";

  private final Layout layout;
  private final StableStorage storage;

  ConflictFiles(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /** The files here that may have the bytes of {@code entry}, the most likely first. */
  List<Path> places(IndexRecord entry) {
    List<Path> places = new ArrayList<>();
    Path folder = folder(entry.key());
    Path replaced = folder.resolve(entry.sha256());
    if (exists(replaced)) {
      places.add(replaced);
    }
    // A file that the disk could not read once may be readable now.
    for (int n = 1; exists(unreadable(folder, n)); n++) {
      places.add(unreadable(folder, n));
    }
    return places;
  }

  private boolean exists(Path place) {
    try {
      return layout.files().exists(place);
    } catch (IOException e) {
      LOG.warnf("Cannot determine whether the replaced object %s exists: %s", place, e);
      return false;
    }
  }

  /** Whether {@link #keep} has kept these bytes. */
  boolean has(String key, String sha256) throws IOException {
    return layout.files().exists(folder(key).resolve(sha256));
  }

  /** Moves {@code fetched} here, or deletes it if these bytes are already here. */
  void keep(Path fetched, String key, String sha256) throws IOException {
    Path kept = folder(key).resolve(sha256);
    if (layout.files().exists(kept)) {
      Files.delete(fetched);
      return;
    }
    layout.files().createFolders(parent(kept));
    storage.rename(fetched, kept);
  }

  /** Moves {@code file} here unless its bytes are already here. */
  void moveAside(Path file, String key) throws IOException {
    String digest;
    try {
      digest = Sha256.of(file);
    } catch (IOException e) {
      digest = UNREADABLE;
    }
    Path kept = folder(key).resolve(digest);
    if (layout.files().exists(kept)) {
      return;
    }
    LOG.warnf(
        "Moved the file of '%s' to conflicts/: its bytes are not those that an interrupted run"
            + " wrote. The object is fetched again",
        key);
    layout.files().createFolders(parent(kept));
    storage.rename(file, kept);
  }

  /**
   * Links the bytes of {@code target} here if they are not those of {@code entry}.
   *
   * @return whether they are other bytes
   */
  boolean keepReplaced(Path target, IndexRecord entry) throws IOException {
    if (!layout.files().exists(target)) {
      return false;
    }
    String other;
    try {
      other = Sha256.of(target);
    } catch (IOException e) {
      moveUnreadable(target, entry.key());
      return true;
    }
    if (other.equals(entry.sha256())) {
      return false;
    }
    Path kept = folder(entry.key()).resolve(other);
    layout.files().createFolders(parent(kept));
    try {
      Files.createLink(kept, target);
    } catch (FileAlreadyExistsException e) {
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      // The file system has no hard links: make a copy and rename it when it is complete.
      Path copy = parent(kept).resolve(other + ".copy");
      Files.deleteIfExists(copy);
      Files.copy(target, copy);
      storage.flush(copy);
      storage.rename(copy, kept);
    }
    return true;
  }

  /** A file that cannot be read has no digest to name it by, so it is numbered. */
  private void moveUnreadable(Path target, String key) throws IOException {
    Path folder = folder(key);
    layout.files().createFolders(folder);
    int n = 1;
    while (layout.files().exists(unreadable(folder, n))) {
      n++;
    }
    storage.rename(target, unreadable(folder, n));
  }

  private Path folder(String key) {
    return ObjectKey.in(layout.conflicts(), key);
  }

  private static Path unreadable(Path folder, int n) {
    return folder.resolve(n == 1 ? UNREADABLE : UNREADABLE + "-" + n);
  }

  static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no folder");
    }
    return parent;
  }
}
