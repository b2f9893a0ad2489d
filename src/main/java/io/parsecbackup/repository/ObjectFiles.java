package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.ObjectKey;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.ServerCopies;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.parsecbackup.repository.storage.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * The files under {@code objects/}. Nothing is ever deleted there: files that other bytes replace
 * get a name in {@link ConflictFiles}.
 */
public final class ObjectFiles {

  private static final Logger LOG = Logger.getLogger(ObjectFiles.class);

  private static final String FOLDER = "objects/";

  private final Storage storage;
  private final ConflictFiles conflicts;

  ObjectFiles(Storage storage) {
    this.storage = storage;
    this.conflicts = new ConflictFiles(storage);
  }

  /** How an object was stored. */
  public enum Placed {
    /** Its file did not exist, or had the same bytes. */
    STORED,
    /** Its file had other bytes, which are under {@code conflicts/} now. */
    DISPLACED
  }

  /** Where the files are. */
  public Storage storage() {
    return storage;
  }

  /** The name of the file of {@code key}. */
  static String name(String key) {
    return FOLDER + key;
  }

  /** The name of the file of {@code key}, as people see it. */
  public String locate(String key) {
    return storage.locate(name(key));
  }

  /** Why no file can belong to {@code key}; empty if one can. Checks only the text. */
  public Optional<String> textRefusal(String key) {
    return ObjectKey.refusal(key, storage);
  }

  /**
   * Why the existing files prevent a file for {@code key}: in a folder, the keys of other objects
   * need a folder with its name, or a file with the name of one of its folders. A link is not an
   * object's file, so it prevents nothing.
   */
  public Optional<String> refusal(String key) throws IOException {
    return storage.refusal(name(key));
  }

  /**
   * The size of the file of {@code key}; empty if it does not exist, is a link, or is in a folder
   * that is a link.
   */
  public OptionalLong size(String key) throws IOException {
    if (textRefusal(key).isPresent()) {
      return OptionalLong.empty();
    }
    try {
      Optional<StoredFile> found = storage.find(name(key));
      return found.isPresent() ? OptionalLong.of(found.get().size()) : OptionalLong.empty();
    } catch (UnsafeFileException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Answers {@link #size} for many keys in key order. A storage with a request for each call is
   * listed once instead.
   */
  public ObjectSizes sizes() throws IOException {
    return storage.isRemote() ? ObjectSizes.listed(storage.list(FOLDER), FOLDER) : this::size;
  }

  /**
   * Sets the date of the file of {@code key} to the object's date if they differ: the object was
   * uploaded again with the same bytes, or something changed the file's date. A server has its own
   * dates.
   */
  public void date(String key, Instant lastModified) throws IOException {
    if (!storage.isRemote()) {
      storage.setDate(name(key), lastModified);
    }
  }

  /** Reads the file of a valid key. */
  public InputStream open(String key) throws IOException {
    return storage.open(name(key));
  }

  /**
   * The size and date of the file of a valid key.
   *
   * @throws NoSuchFileException when it does not exist
   */
  public StoredFile find(String key) throws IOException {
    return storage
        .find(name(key))
        .orElseThrow(() -> new NoSuchFileException(storage.locate(name(key))));
  }

  /** A local file with the bytes of {@code entry}, which the object's file has. */
  public Path local(IndexRecord entry) throws IOException {
    return storage.local(name(entry.key()), Optional.of(entry.sha256()));
  }

  /** Makes the file of a valid key readable by its owner only, if files have owners there. */
  public void restrict(String key) throws IOException {
    if (!storage.isRemote()) {
      PrivateFiles.restrict(storage.local(name(key), Optional.empty()));
    }
  }

  /**
   * The files that may have the bytes of {@code entry}, the most likely first: the file of its key,
   * then files under {@code conflicts/} if the source later had other bytes for that key. The
   * caller checks what they contain. Empty for a key that no file can have. A file is looked for
   * when the iterator gets to it.
   */
  Iterator<ObjectPlace> places(IndexRecord entry) {
    return textRefusal(entry.key()).isPresent()
        ? List.<ObjectPlace>of().iterator()
        : conflicts.placesAfter(new ObjectPlace(storage, name(entry.key()), entry), entry);
  }

  /**
   * Whether the object's file has the bytes of {@code entry}. Reads the whole file.
   *
   * @throws IOException when a server answers for no file, which says nothing about the bytes
   */
  boolean holds(IndexRecord entry) throws IOException {
    try {
      OptionalLong size = size(entry.key());
      if (size.isEmpty() || size.getAsLong() != entry.size()) {
        return false;
      }
      try (InputStream in = open(entry.key())) {
        return Sha256.of(in).equals(entry.sha256());
      }
    } catch (IOException e) {
      UnusableFileException.requireServer(storage);
      LOG.warnf("Cannot read the object '%s' back: %s", entry.key(), e);
      return false;
    }
  }

  /**
   * Stores fetched bytes in the object's file, and records them in the journal. Before that it
   * gives other bytes that are already there a name under {@code conflicts/}, so that all bytes
   * keep a name.
   *
   * <p>A server makes sure that the file is still the one that was found here. A run that has lost
   * its lock cannot overwrite newer bytes.
   *
   * @param fetched the bytes that {@code entry} describes
   * @throws UnsafeFileException when a folder in its path is a link; this affects one object only
   * @throws UnusableFileException when a server has a file with its name that can be neither read
   *     nor replaced; this affects one object only
   * @throws IOException when the storage fails; the existing object is unchanged then
   */
  public Placed place(Content fetched, IndexRecord entry, Journal journal) throws IOException {
    // In a bucket nearly every new object is absent, and the request that stores it finds out. In a
    // folder this finds links before the journal has a record.
    Optional<StoredFile> existing;
    try {
      existing = storage.isRemote() ? Optional.empty() : storage.find(name(entry.key()));
    } catch (UnsafeFileException e) {
      // The link or FIFO itself is moved. It stays, with this error, if a folder above is a link.
      conflicts.moveUnreadable(name(entry.key()), entry.key());
      write(fetched, entry, journal, new NewFile.Always());
      return Placed.DISPLACED;
    }
    if (existing.isEmpty()) {
      try {
        write(fetched, entry, journal, absent());
        return Placed.STORED;
      } catch (ConditionFailedException e) {
        existing = Optional.of(conflicts.existing(name(entry.key())));
      }
    }
    boolean displaced = conflicts.keepReplaced(existing.get(), entry);
    if (displaced || !storage.isRemote()) {
      write(fetched, entry, journal, conflicts.unchanged(existing.get()));
    } else {
      journal.add(entry);
    }
    return displaced ? Placed.DISPLACED : Placed.STORED;
  }

  /**
   * Has the server store an object that another repository on it has under the same key, if there
   * is no file for it here yet. Records it in the journal after that.
   *
   * @param server copies from the other repository to this one
   * @return whether the server has stored the bytes of {@code entry}. If not, the caller reads and
   *     {@link #place}s them
   * @throws IOException when the journal cannot be written
   */
  public boolean placeByServer(ServerCopies server, IndexRecord entry, Journal journal)
      throws IOException {
    if (!server.isUsable()) {
      return false;
    }
    Optional<StoredFile> found = server.find(name(entry.key()));
    if (found.isEmpty() || found.get().size() != entry.size()) {
      return false;
    }
    // What the server does not have must not be recorded, see write().
    if (!server.copy(found.get(), entry.sha256())) {
      return false;
    }
    journal.add(entry);
    return true;
  }

  private void write(
      Content fetched, IndexRecord entry, Journal journal, NewFile.Condition condition)
      throws IOException {
    NewFile file =
        new NewFile(name(entry.key()), fetched, condition, Optional.of(entry.lastModified()));
    if (storage.isRemote()) {
      // A server may refuse this object alone, and what it does not have must not be recorded. An
      // object without a record is harmless: the next run fetches it again, and finds it.
      storage.putUnflushed(file);
      journal.add(entry);
    } else {
      journal.add(entry);
      storage.putUnflushed(file);
    }
  }

  private NewFile.Condition absent() {
    return storage.isRemote() ? new NewFile.IfAbsent() : new NewFile.AsFound();
  }

  /**
   * Moves the file of {@code key} out of {@code objects/}: its bytes are not those that the dead
   * run wrote, and after a power cut they may be anything. Bytes that the run was only about to
   * replace already have a name under {@code conflicts/}; they are valid and stay where they are. A
   * file that a server does not send stays too: {@link #place} tries to replace it.
   */
  void putAside(String key) throws IOException {
    try {
      if (storage.find(name(key)).isPresent()) {
        conflicts.moveAside(name(key), key);
      }
    } catch (UnsafeFileException e) {
      LOG.warnf("The file of '%s' is not moved: %s", key, e.getMessage());
    } catch (RemoteStorageException | NoSuchFileException e) {
      UnusableFileException.requireServer(storage);
      LOG.warnf("The file of '%s' is not moved: %s", key, e.getMessage());
    }
  }

  /** Whether {@link #keepConflicting} has stored these bytes. */
  public boolean hasConflicting(String key, String sha256) throws IOException {
    return conflicts.has(key, sha256);
  }

  /**
   * Stores bytes of the source under {@code conflicts/}, for an object that does not change here.
   * Replaces a file with their name there that is damaged.
   *
   * @throws UnusableFileException as {@link #place}
   */
  public void keepConflicting(Content fetched, String key) throws IOException {
    conflicts.keep(fetched, key);
  }
}
