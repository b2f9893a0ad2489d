package io.parsecbackup.repository.storage;

import io.parsecbackup.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The place where a repository's files are: a folder or a bucket. A file is addressed by its name,
 * the path from the repository's root with slashes, such as {@code backups/20261122T020000Z/
 * backup.json}. In a bucket the name is the key below the prefix. {@link Layout} has all names.
 *
 * <p>A file appears under its name completely or not at all. Methods block and may be called by
 * several threads.
 */
public interface Storage extends AutoCloseable {

  /** The folder or bucket, for messages; contains no secret. */
  String location();

  /**
   * Whether each call is a request to a server: then many at once are fast, one request for many
   * files is better than one for each, a write must be conditional, and names are not the paths of
   * folders and files.
   */
  default boolean isRemote() {
    return false;
  }

  /** The full path or URL of a file, for messages. */
  String locate(String name);

  /**
   * The size and date of a file; empty if it does not exist.
   *
   * @throws UnsafeFileException when it is a link, FIFO, socket, device or folder, or is below a
   *     link
   */
  Optional<StoredFile> find(String name) throws IOException;

  /**
   * Opens a file for reading.
   *
   * @throws java.nio.file.NoSuchFileException when it does not exist
   * @throws UnsafeFileException as {@link #find}
   */
  InputStream open(String name) throws IOException;

  /** Opens a part of a file, in bytes. A part beyond the end of the file is shorter. */
  InputStream open(String name, long offset, long length) throws IOException;

  /**
   * A local file with this file's bytes, for code that needs a path: the file itself in a folder, a
   * copy in the cache for a bucket.
   *
   * @param sha256 the digest that the bytes must have. A copy with this digest that is in the cache
   *     already is used again after it was hashed. Without a digest the bytes are not checked, and
   *     a bucket's file is always downloaded.
   * @throws java.nio.file.NoSuchFileException when it does not exist
   * @throws DigestMismatchException when the file has another digest
   */
  Path local(String name, Optional<String> sha256) throws IOException;

  /**
   * As {@link #local}, for a file that this run has checked already: if it is still here it is not
   * hashed again.
   *
   * @throws java.nio.file.NoSuchFileException when it does not exist
   */
  Path localAgain(String name, String sha256) throws IOException;

  /**
   * Makes {@link #local} read each file from the bucket again, once, although it has a copy.
   * Whoever checks the repository calls this first: a good copy proves nothing about the bucket.
   */
  void distrustCopies();

  /**
   * Writes a file. It is on stable storage when this returns.
   *
   * @throws ConditionFailedException when {@link NewFile#condition} is not met; nothing has changed
   *     then
   */
  void put(NewFile file) throws IOException;

  /**
   * Writes a file that need not be on stable storage before the next {@link #flush}.
   *
   * @throws ConditionFailedException as {@link #put}
   */
  void putUnflushed(NewFile file) throws IOException;

  /**
   * Sets the date of a file, if the storage has settable dates and the date differs.
   *
   * @throws java.nio.file.NoSuchFileException when the file does not exist
   */
  void setDate(String name, Instant date) throws IOException;

  /**
   * Gives the bytes of a file a second name, without sending them through this program where that
   * is possible. Does nothing if {@code to} exists. Needs a {@link #flush}.
   */
  void copy(String from, String to) throws IOException;

  /** Whether one server has this storage and the other, so that {@link #copyFrom} may work. */
  default boolean isOnServerOf(Storage other) {
    return false;
  }

  /**
   * Has the server copy a file of another storage to the same name here, so that its bytes do not
   * go through this program. Replaces nothing.
   *
   * @param file of {@code other}; it is not copied if it was replaced since it was found
   * @param sha256 that it must have
   * @return whether the server has answered that it stored bytes with this digest. If not, a file
   *     with this name may exist here, with any bytes
   * @throws CopyUnsupportedException when the server does not copy files in this way, or its answer
   *     does not tell the digest, so that it is of no use to try other files; otherwise as after
   *     false
   */
  default boolean copyFrom(Storage other, StoredFile file, String sha256) throws IOException {
    throw new CopyUnsupportedException("no server has both storages");
  }

  /**
   * Gives a file another name, without reading it where that is possible. A link is moved itself.
   * Does nothing if {@code to} exists. The first name may stay if this program may not delete it.
   * Needs a {@link #flush}.
   */
  void move(String from, String to) throws IOException;

  /** Returns when everything that was written before is on stable storage. */
  void flush(Cancellation cancellation) throws IOException;

  /**
   * All regular files whose names start with {@code prefix}, in the order of the names' UTF-8
   * bytes, however many there are. Skips, with a warning, what is not a regular file or cannot be
   * read. The iterator throws {@link java.io.UncheckedIOException} when the listing fails.
   */
  Iterator<StoredFile> list(String prefix) throws IOException;

  /**
   * The last parts of the names directly below {@code folder}, of files and of folders, sorted;
   * empty without such files.
   *
   * @param folder without a slash at its end
   */
  List<String> children(String folder) throws IOException;

  /**
   * Those {@link #children} of {@code folder} that have a file named {@code file}, by as few
   * requests as possible. Contains a name also if that cannot be determined, or if a link or
   * something else is in place of the folder or of the file.
   */
  List<String> foldersWith(String folder, String file) throws IOException;

  /**
   * Why the existing files prevent a file with this name; empty if they do not. In a folder no name
   * can be the beginning of another one.
   */
  Optional<String> refusal(String name) throws IOException;

  /**
   * Removes a file. Does nothing if it does not exist.
   *
   * @throws DeletionRefusedException when this program may not delete it: the key has no right to,
   *     or the bucket's Object Lock forbids it
   */
  void delete(String name) throws IOException;

  /** Removes all files below {@code folder}, and the folder. Follows no link. */
  void deleteTree(String folder) throws IOException;

  /**
   * Tests what the program relies on, before a repository is created here. Needs the lock.
   *
   * @throws io.parsecbackup.Problem when the place cannot be used, with the reason
   */
  void probe() throws IOException;

  /**
   * Checks that backups can be written here. Changes nothing.
   *
   * @throws io.parsecbackup.Problem when they cannot
   */
  void requireUsable() throws IOException;

  /** Further tests of the place, which may write to it and remove what they wrote. */
  List<StorageCheck> checks();

  /** Creates the folders that a backup writes to, if the storage has folders. */
  void createFolders() throws IOException;

  /** The lock that runs on the whole repository take. */
  RepositoryLocks locks();

  /**
   * Ends the uploads that dead runs have begun, if the storage keeps any. For the holder of the
   * exclusive lock, before it writes anything. Does not fail if this program may not do that.
   */
  default void abortUnfinished() throws IOException {}

  /** The local folder for scratch; its subfolders are named by run ids. */
  Path scratch();

  /** Flushes a scratch file to stable storage, with its name and the name of its folder. */
  void flushScratch(Path file) throws IOException;

  /** How many bytes can still be written; empty if the place has no such limit. */
  OptionalLong usableSpace() throws IOException;

  @Override
  void close();
}
