package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * The files under {@code objects/}. Nothing is ever deleted there: files that other bytes replace
 * move to {@link ConflictFiles}.
 */
public final class ObjectFiles {

  private static final Logger LOG = Logger.getLogger(ObjectFiles.class);

  private final Layout layout;
  private final StableStorage storage;
  private final ConflictFiles conflicts;

  ObjectFiles(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
    this.conflicts = new ConflictFiles(layout, storage);
  }

  /** How an object was stored. */
  public enum Placed {
    /** Its file did not exist, or had the same bytes. */
    STORED,
    /** Its file had other bytes, which are under {@code conflicts/} now. */
    DISPLACED
  }

  /**
   * The size of the file of {@code key}; empty if it does not exist, is a link, or is in a folder
   * that is a link.
   */
  public OptionalLong size(String key) throws IOException {
    if (ObjectKey.refusal(key).isPresent()) {
      return OptionalLong.empty();
    }
    try {
      Optional<BasicFileAttributes> found = find(ObjectKey.in(layout.objects(), key));
      return found.isPresent() ? OptionalLong.of(found.get().size()) : OptionalLong.empty();
    } catch (UnsafeFileException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * The attributes of the file in one of {@link #places}; empty if it does not exist.
   *
   * @throws UnsafeFileException when it is not a regular file, or a folder in its path is a link
   */
  Optional<BasicFileAttributes> find(Path place) throws IOException {
    return layout.files().find(place);
  }

  /**
   * Sets the date of the file of {@code key} to the object's date if they differ: the object was
   * uploaded again with the same bytes, or something changed the file's date.
   */
  public void date(String key, Instant lastModified) throws IOException {
    Path file = file(key);
    Optional<BasicFileAttributes> found = find(file);
    if (found.isEmpty()) {
      throw new NoSuchFileException(file.toString());
    }
    Duration apart =
        Duration.between(found.get().lastModifiedTime().toInstant(), lastModified).abs();
    // Some file systems store dates in whole seconds.
    if (apart.compareTo(Duration.ofSeconds(1)) >= 0) {
      storage.dates().set(file, lastModified);
    }
  }

  /** The file of a valid key, see {@link ObjectKey#refusal}. */
  public Path file(String key) {
    return ObjectKey.in(layout.objects(), key);
  }

  /**
   * The files that may have the bytes of {@code entry}, the most likely first: the file of its key,
   * then files under {@code conflicts/} if the source later had other bytes for that key. The
   * caller checks what they contain. Empty for a key that no file can have.
   */
  public List<Path> places(IndexRecord entry) {
    if (ObjectKey.refusal(entry.key()).isPresent()) {
      return List.of();
    }
    List<Path> places = new ArrayList<>();
    places.add(file(entry.key()));
    places.addAll(conflicts.places(entry));
    return places;
  }

  /** Whether the object's file has the bytes of {@code entry}. Reads the whole file. */
  boolean holds(IndexRecord entry) throws IOException {
    OptionalLong size = size(entry.key());
    if (size.isEmpty() || size.getAsLong() != entry.size()) {
      return false;
    }
    try {
      return Sha256.of(file(entry.key())).equals(entry.sha256());
    } catch (IOException e) {
      LOG.warnf("Cannot read the object '%s' back: %s", entry.key(), e);
      return false;
    }
  }

  /**
   * Why the existing files prevent a file for {@code key}: the keys of other objects need a folder
   * with its name, or a file with the name of one of its folders. A link is not an object's file,
   * so it prevents nothing.
   */
  public Optional<String> refusal(String key) {
    Path file = ObjectKey.in(layout.objects(), key);
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of("other keys are below it");
    }
    for (Path above = file.getParent();
        above != null && !above.equals(layout.objects());
        above = above.getParent()) {
      if (Files.isRegularFile(above, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("another key is a prefix of it");
      }
    }
    return Optional.empty();
  }

  /**
   * Moves fetched bytes to the object's file. Before that it records them in the journal, and links
   * other bytes that are already there under {@code conflicts/}, so that all bytes keep a name.
   *
   * @param fetched a complete file on the repository's file system, with the bytes that {@code
   *     entry} describes
   * @throws UnsafeFileException when a folder in its path is a link; this affects one object only
   * @throws IOException when the disk fails; the existing object is unchanged then
   */
  public Placed place(Path fetched, IndexRecord entry, Journal journal) throws IOException {
    Path target = ObjectKey.in(layout.objects(), entry.key());
    storage.dates().set(fetched, entry.lastModified());
    boolean displaced = conflicts.keepReplaced(target, entry);
    journal.add(entry);
    try {
      storage.rename(fetched, target);
    } catch (NoSuchFileException e) {
      layout.files().createFolders(ConflictFiles.parent(target));
      storage.rename(fetched, target);
    }
    return displaced ? Placed.DISPLACED : Placed.STORED;
  }

  /**
   * Moves the file of {@code key} out of {@code objects/}: its bytes are not those that the dead
   * run wrote, and after a power cut they may be anything. Bytes that the run was only about to
   * replace already have a name under {@code conflicts/}; they are valid and stay where they are.
   */
  void putAside(String key) throws IOException {
    try {
      if (find(file(key)).isPresent()) {
        conflicts.moveAside(file(key), key);
      }
    } catch (UnsafeFileException e) {
      LOG.warnf("The file of '%s' is not moved: %s", key, e.getMessage());
    }
  }

  /** Whether {@link #keepConflicting} has stored these bytes. */
  public boolean hasConflicting(String key, String sha256) throws IOException {
    return conflicts.has(key, sha256);
  }

  /**
   * Stores bytes of the source under {@code conflicts/}, for an object that does not change here.
   *
   * @param fetched a file on the repository's file system
   */
  public void keepConflicting(Path fetched, String key, String sha256) throws IOException {
    conflicts.keep(fetched, key, sha256);
  }
}
