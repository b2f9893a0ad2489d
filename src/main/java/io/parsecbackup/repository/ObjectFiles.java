package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
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
 * The files under {@code objects/}, and what they displaced under {@code conflicts/}. Nothing is
 * ever deleted from either.
 */
public final class ObjectFiles {

  private static final Logger LOG = Logger.getLogger(ObjectFiles.class);

  private static final String UNREADABLE = "unreadable";

  private final Layout layout;
  private final StableStorage storage;

  ObjectFiles(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /** What became of an object that was put in its place. */
  public enum Placed {
    /** Its name was free, or held the same bytes. */
    STORED,
    /** Its name held other bytes: they are under {@code conflicts/} now. */
    DISPLACED
  }

  /**
   * The size of the file stored under {@code key}, or empty when there is none: nothing, a link, or
   * what lies behind one.
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
   * What lies in one of {@link #places}; empty when nothing does.
   *
   * @throws UnsafeFileException when it is not a regular file, or behind a link
   */
  Optional<BasicFileAttributes> find(Path place) throws IOException {
    return layout.files().find(place);
  }

  /**
   * Gives the file of {@code key} the object's date where it has another: the object was put again
   * with the same bytes, or something here has touched the file.
   */
  public void date(String key, Instant lastModified) throws IOException {
    Path file = file(key);
    Optional<BasicFileAttributes> found = find(file);
    if (found.isEmpty()) {
      throw new NoSuchFileException(file.toString());
    }
    Duration apart =
        Duration.between(found.get().lastModifiedTime().toInstant(), lastModified).abs();
    // Some file systems know a date only to the second.
    if (apart.compareTo(Duration.ofSeconds(1)) >= 0) {
      storage.dates().set(file, lastModified);
    }
  }

  /** The file of a key that {@link ObjectKey#refusal} has no word against. */
  public Path file(String key) {
    return ObjectKey.in(layout.objects(), key);
  }

  /**
   * Where the bytes of {@code entry} may be, the likeliest first: the file of its key; and where
   * the source later gave other bytes for that key, the earlier ones under {@code conflicts/}. What
   * is there is for the caller to find out; none for a key that no file can have.
   */
  public List<Path> places(IndexRecord entry) {
    if (ObjectKey.refusal(entry.key()).isPresent()) {
      return List.of();
    }
    List<Path> places = new ArrayList<>();
    places.add(file(entry.key()));
    Path aside = ObjectKey.in(layout.conflicts(), entry.key());
    Path displaced = aside.resolve(entry.sha256());
    if (isThere(displaced)) {
      places.add(displaced);
    }
    // What the disk did not give once it may give another time.
    for (int n = 1; isThere(unreadable(aside, n)); n++) {
      places.add(unreadable(aside, n));
    }
    return places;
  }

  private boolean isThere(Path place) {
    try {
      return layout.files().exists(place);
    } catch (IOException e) {
      LOG.warnf("the displaced object %s cannot be looked at: %s", place, e);
      return false;
    }
  }

  private static Path unreadable(Path aside, int n) {
    return aside.resolve(n == 1 ? UNREADABLE : UNREADABLE + "-" + n);
  }

  /** Whether the object's place holds the bytes of {@code entry}; reads them all. */
  boolean holds(IndexRecord entry) throws IOException {
    OptionalLong size = size(entry.key());
    if (size.isEmpty() || size.getAsLong() != entry.size()) {
      return false;
    }
    try {
      return Sha256.of(file(entry.key())).equals(entry.sha256());
    } catch (IOException e) {
      LOG.warnf("the object '%s' cannot be read back: %s", entry.key(), e);
      return false;
    }
  }

  /**
   * Why the files that are there leave no place for {@code key}: another key is a folder on its
   * way, or a file. A link on its way is no key's, and so no reason.
   */
  public Optional<String> refusal(String key) {
    Path file = ObjectKey.in(layout.objects(), key);
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of("other keys lie below it");
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
   * Gives fetched bytes their place. The journal knows of them before; other bytes that are already
   * there get a second name under {@code conflicts/} before, so that at every instant each of them
   * has a name.
   *
   * @param fetched a file on the repository's file system, whole and with the bytes that {@code
   *     entry} describes
   * @throws UnsafeFileException when a folder on the way is a link; the object alone is at fault
   * @throws IOException when the disk fails; the object that was there is still there then
   */
  public Placed place(Path fetched, IndexRecord entry, Journal journal) throws IOException {
    Path target = ObjectKey.in(layout.objects(), entry.key());
    storage.dates().set(fetched, entry.lastModified());
    boolean displaced = keepOther(target, entry);
    journal.add(entry);
    try {
      storage.rename(fetched, target);
    } catch (NoSuchFileException e) {
      layout.files().createFolders(parent(target));
      storage.rename(fetched, target);
    }
    return displaced ? Placed.DISPLACED : Placed.STORED;
  }

  /**
   * Takes the file of {@code key} out of {@code objects/}, where it holds other bytes than the dead
   * run wrote that last had to do with it: after a power cut it may hold anything. Bytes which that
   * run was only about to displace have a name under {@code conflicts/} already; they are whole,
   * and stay where they are.
   */
  void putAside(String key) throws IOException {
    try {
      if (find(file(key)).isPresent()) {
        moveAside(key);
      }
    } catch (UnsafeFileException e) {
      LOG.warnf("the file of '%s' stays where it is: %s", key, e.getMessage());
    }
  }

  private void moveAside(String key) throws IOException {
    Path file = file(key);
    String digest;
    try {
      digest = Sha256.of(file);
    } catch (IOException e) {
      digest = UNREADABLE;
    }
    Path kept = ObjectKey.in(layout.conflicts(), key).resolve(digest);
    if (layout.files().exists(kept)) {
      return;
    }
    LOG.warnf(
        "the file of '%s' is not what an interrupted run wrote; it is under conflicts/ now, and the"
            + " object is fetched again",
        key);
    layout.files().createFolders(parent(kept));
    storage.rename(file, kept);
  }

  /** Whether {@link #keepBeside} has kept these bytes. */
  public boolean isBeside(String key, String sha256) throws IOException {
    return layout.files().exists(ObjectKey.in(layout.conflicts(), key).resolve(sha256));
  }

  /**
   * Puts bytes that the source has for an object which stays as it is here under {@code
   * conflicts/}.
   *
   * @param fetched a file on the repository's file system
   */
  public void keepBeside(Path fetched, String key, String sha256) throws IOException {
    Path kept = ObjectKey.in(layout.conflicts(), key).resolve(sha256);
    if (layout.files().exists(kept)) {
      Files.delete(fetched);
      return;
    }
    layout.files().createFolders(parent(kept));
    storage.rename(fetched, kept);
  }

  private boolean keepOther(Path target, IndexRecord entry) throws IOException {
    if (!layout.files().exists(target)) {
      return false;
    }
    String other;
    try {
      other = Sha256.of(target);
    } catch (IOException e) {
      return moveUnreadable(target, entry.key());
    }
    if (other.equals(entry.sha256())) {
      return false;
    }
    Path kept = ObjectKey.in(layout.conflicts(), entry.key()).resolve(other);
    layout.files().createFolders(parent(kept));
    try {
      Files.createLink(kept, target);
    } catch (FileAlreadyExistsException e) {
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      // A file system without hard links: a copy, whole before it gets its name.
      Path copy = parent(kept).resolve(other + ".copy");
      Files.deleteIfExists(copy);
      Files.copy(target, copy);
      storage.flush(copy);
      storage.rename(copy, kept);
    }
    return true;
  }

  /** What the disk does not give cannot be linked under its digest; its name is all we can keep. */
  private boolean moveUnreadable(Path target, String key) throws IOException {
    Path folder = ObjectKey.in(layout.conflicts(), key);
    layout.files().createFolders(folder);
    int n = 1;
    while (layout.files().exists(unreadable(folder, n))) {
      n++;
    }
    storage.rename(target, unreadable(folder, n));
    return true;
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no folder");
    }
    return parent;
  }
}
