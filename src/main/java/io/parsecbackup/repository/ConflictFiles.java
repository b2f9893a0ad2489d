package io.parsecbackup.repository;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.parsecbackup.repository.storage.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The files under {@code conflicts/}: bytes that do not belong to an object, or no longer do.
 * Nothing is ever deleted there.
 */
final class ConflictFiles {

  private static final Logger LOG = Logger.getLogger(ConflictFiles.class);

  private static final String UNREADABLE = "unreadable";

  private final Storage storage;

  ConflictFiles(Storage storage) {
    this.storage = storage;
  }

  private static String name(String key, String last) {
    return "conflicts/" + key + "/" + last;
  }

  /**
   * {@code first}, then the files here that may have the bytes of {@code entry}. One of which a
   * server does not tell whether it exists is among them. The iterator throws {@link
   * UncheckedIOException} when the server answers for no other file either.
   */
  Iterator<ObjectPlace> placesAfter(ObjectPlace first, IndexRecord entry) {
    return new Iterator<>() {

      private Optional<ObjectPlace> next = Optional.of(first);
      private boolean isStarted;
      private int unreadable;
      private boolean isUnknown;

      @Override
      public boolean hasNext() {
        if (next.isEmpty() && !isStarted) {
          isStarted = true;
          next = existing(entry.sha256());
        }
        // A file that the disk could not read once may be readable now.
        if (next.isEmpty() && unreadable >= 0) {
          next = existing(unreadable(++unreadable));
          unreadable = next.isEmpty() || isUnknown ? -1 : unreadable;
        }
        return next.isPresent();
      }

      private Optional<ObjectPlace> existing(String last) {
        String name = name(entry.key(), last);
        try {
          isUnknown = false;
          if (!exists(name)) {
            return Optional.empty();
          }
        } catch (IOException e) {
          isUnknown = true;
          requireServer();
        }
        return Optional.of(new ObjectPlace(storage, name, entry));
      }

      @Override
      public ObjectPlace next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ObjectPlace place = next.get();
        next = Optional.empty();
        return place;
      }
    };
  }

  private void requireServer() {
    try {
      UnusableFileException.requireServer(storage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Also if it is not a regular file.
   *
   * @throws IOException when a server does not tell, which says nothing about the file
   */
  private boolean exists(String name) throws IOException {
    try {
      return storage.find(name).isPresent();
    } catch (UnsafeFileException e) {
      return true;
    } catch (IOException e) {
      if (storage.isRemote()) {
        throw e;
      }
      LOG.warnf(
          "Cannot determine whether the replaced object %s exists: %s", storage.locate(name), e);
      return false;
    }
  }

  /** Whether {@link #keep} has kept these bytes; false if a server does not tell. */
  boolean has(String key, String sha256) throws IOException {
    try {
      return storage.find(name(key, sha256)).isPresent();
    } catch (RemoteStorageException e) {
      UnusableFileException.requireServer(storage);
      return false;
    }
  }

  /** Stores {@code fetched} here, unless these bytes are already here and valid. */
  void keep(Content fetched, String key) throws IOException {
    String name = name(key, fetched.sha256());
    try {
      storage.putUnflushed(NewFile.ifAbsent(name, fetched));
    } catch (ConditionFailedException e) {
      if (!hasBytes(name, fetched.sha256())) {
        LOG.warnf("Replaced the damaged file %s", storage.locate(name));
        storage.putUnflushed(
            new NewFile(name, fetched, unchanged(existing(name)), Optional.empty()));
      }
    }
  }

  private boolean hasBytes(String name, String sha256) throws IOException {
    try {
      return sha256(name).equals(sha256);
    } catch (UnsafeFileException e) {
      throw e;
    } catch (IOException e) {
      UnusableFileException.requireServer(storage);
      return false;
    }
  }

  /** The file that a server says to have. */
  StoredFile existing(String name) throws IOException {
    try {
      return storage.find(name).orElseThrow(() -> new NoSuchFileException(storage.locate(name)));
    } catch (RemoteStorageException | NoSuchFileException e) {
      throw UnusableFileException.of(storage, name, e);
    }
  }

  /** A run that has lost its lock must not overwrite what a newer one has written. */
  NewFile.Condition unchanged(StoredFile existing) {
    return storage.isRemote() ? new NewFile.IfUnchanged(existing.tag()) : new NewFile.Always();
  }

  /** Moves the file {@code name} of an object here unless its bytes are already here. */
  void moveAside(String name, String key) throws IOException {
    String digest;
    try {
      digest = sha256(name);
    } catch (IOException e) {
      digest = unreadableUnlessRemote(e);
    }
    String kept = name(key, digest);
    if (storage.find(kept).isPresent()) {
      return;
    }
    LOG.warnf(
        "Moved the file of '%s' to conflicts/: its bytes are not those that an interrupted run"
            + " wrote. The object is fetched again",
        key);
    storage.move(name, kept);
  }

  /**
   * Gives the bytes of {@code target} a name here if they are not those of {@code entry}, or cannot
   * be read. In a bucket they keep their old name too.
   *
   * @return whether they are other bytes
   * @throws UnusableFileException when a server neither sends them nor gives them that name
   */
  boolean keepReplaced(StoredFile target, IndexRecord entry) throws IOException {
    String other;
    try {
      other = sha256(target.name());
    } catch (IOException e) {
      if (storage.isRemote()) {
        copyUnreadable(target.name(), entry.key(), e);
      } else {
        moveUnreadable(target.name(), entry.key());
      }
      return true;
    }
    if (other.equals(entry.sha256())) {
      return false;
    }
    copy(target.name(), name(entry.key(), other));
    return true;
  }

  /** A server may copy what it does not send. */
  private void copyUnreadable(String target, String key, IOException why) throws IOException {
    UnusableFileException.requireServer(storage);
    try {
      storage.copy(target, free(key));
    } catch (RemoteStorageException | NoSuchFileException e) {
      why.addSuppressed(e);
      throw UnusableFileException.of(storage, target, why);
    }
  }

  private void copy(String from, String to) throws IOException {
    try {
      storage.copy(from, to);
    } catch (RemoteStorageException e) {
      throw UnusableFileException.of(storage, from, e);
    }
  }

  private String sha256(String name) throws IOException {
    try (InputStream in = storage.open(name)) {
      return Sha256.of(in);
    }
  }

  /** A disk that cannot read a file has lost its bytes. A server may only not answer now. */
  private String unreadableUnlessRemote(IOException failure) throws IOException {
    if (storage.isRemote()) {
      throw failure;
    }
    return UNREADABLE;
  }

  void moveUnreadable(String target, String key) throws IOException {
    storage.move(target, free(key));
  }

  /** A file that cannot be read has no digest to name it by, so it is numbered. */
  private String free(String key) throws IOException {
    int n = 1;
    while (exists(name(key, unreadable(n)))) {
      n++;
    }
    return name(key, unreadable(n));
  }

  private static String unreadable(int n) {
    return n == 1 ? UNREADABLE : UNREADABLE + "-" + n;
  }
}
