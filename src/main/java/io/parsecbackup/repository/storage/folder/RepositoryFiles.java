package io.parsecbackup.repository.storage.folder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All access to the files of a repository. It follows no symbolic link below the root (the root
 * itself may be a link) and opens only regular files. Whatever a repository contains, nothing
 * outside of it is read, written or deleted, and no FIFO, socket or device blocks the program.
 *
 * <p>It checks a file first and opens it afterwards, because Java has no openat(2). This protects
 * against the content of a repository, not against somebody who replaces files at that moment: such
 * a person can write to the repository anyway.
 */
public final class RepositoryFiles {

  /** In bytes. Most documents have a few thousand; one with a thousand findings has millions. */
  public static final long LARGEST_DOCUMENT = 8L << 20;

  private static final Logger LOG = Logger.getLogger(RepositoryFiles.class);
  private static final int MOST_LOGGED = 1_000;
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  private final Path root;

  public RepositoryFiles(Path root) {
    this.root = root;
  }

  /**
   * Checks that everything between the root and {@code path} is a folder or does not exist.
   *
   * @throws UnsafeFileException when one of them is a link or something else, or {@code path} is
   *     outside the root
   */
  public void requireFoldersAbove(Path path) throws IOException {
    Path above = root;
    Path names = relative(path);
    for (int i = 0; i < names.getNameCount() - 1; i++) {
      above = above.resolve(names.getName(i));
      Optional<BasicFileAttributes> found = PlainFiles.look(above);
      if (found.isEmpty()) {
        return;
      }
      PlainFiles.requireFolder(above, found.get());
    }
  }

  /**
   * The path of a file with this name. Does not access the disk.
   *
   * @throws UnsafeFileException when it is outside the root, or no file can have this name
   */
  Path path(String name) throws UnsafeFileException {
    Layout.requireName(name);
    try {
      return root.resolve(name);
    } catch (InvalidPathException e) {
      throw new UnsafeFileException(name, "the file system cannot have a file with this name");
    }
  }

  static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no folder");
    }
    return parent;
  }

  /** Returns {@code path} after {@link #requireFoldersAbove} has checked it. */
  public Path below(Path path) throws IOException {
    requireFoldersAbove(path);
    return path;
  }

  /**
   * Whether something of any kind has this name.
   *
   * @throws IOException when that cannot be determined
   */
  public boolean exists(Path path) throws IOException {
    requireFoldersAbove(path);
    return PlainFiles.look(path).isPresent();
  }

  /** The attributes of a regular file; empty if it does not exist. */
  public Optional<BasicFileAttributes> find(Path file) throws IOException {
    requireFoldersAbove(file);
    Optional<BasicFileAttributes> found = PlainFiles.look(file);
    if (found.isPresent()) {
      PlainFiles.requireRegular(file, found.get());
    }
    return found;
  }

  /** The size of a regular file in bytes; 0 if it is something else or does not exist. */
  public long size(Path file) throws IOException {
    requireFoldersAbove(file);
    return PlainFiles.size(file);
  }

  /**
   * Checks that {@code file} is a regular file, before another program opens it by name.
   *
   * @return {@code file}
   */
  public Path require(Path file) throws IOException {
    if (find(file).isEmpty()) {
      throw new NoSuchFileException(file.toString());
    }
    return file;
  }

  /** Opens a file for reading. */
  public InputStream open(Path file) throws IOException {
    requireFoldersAbove(file);
    return PlainFiles.open(file);
  }

  /** Opens a file for reading at any position. */
  public FileChannel openChannel(Path file) throws IOException {
    requireFoldersAbove(file);
    return PlainFiles.openChannel(file, StandardOpenOption.READ);
  }

  /** The digest of a file's bytes, as lower-case hex. */
  public String sha256(Path file) throws IOException {
    requireFoldersAbove(file);
    return Sha256.of(file);
  }

  /**
   * All bytes of a document.
   *
   * @throws UnsafeFileException when it is larger than {@link #LARGEST_DOCUMENT}
   */
  public byte[] document(Path file) throws IOException {
    try (InputStream in = open(file)) {
      // One byte more than allowed: the file may have grown since its size was read.
      byte[] bytes = in.readNBytes((int) LARGEST_DOCUMENT + 1);
      if (bytes.length > LARGEST_DOCUMENT) {
        throw new UnsafeFileException(
            file.toString(),
            "it is larger than "
                + (LARGEST_DOCUMENT >> 20)
                + " MiB, the limit for a repository's documents, and was not read");
      }
      return bytes;
    }
  }

  /**
   * A sealed document; empty if it does not exist, cannot be read or does not match its seal. A
   * failure is only logged, so one bad document does not block access to the others.
   */
  public Optional<ObjectNode> sealed(Path file) {
    try {
      return exists(file) ? SealedJson.open(document(file)) : Optional.empty();
    } catch (IOException e) {
      // Once for each file: the service reads its records every few seconds.
      if (LOGGED.size() < MOST_LOGGED && LOGGED.add(file.toString())) {
        LOG.warnf("Skipped a document of the repository that cannot be read: %s", e);
      }
      return Optional.empty();
    }
  }

  /** The ids of the files in {@code folder} whose names end in {@code suffix}, oldest first. */
  public List<RunId> ids(Path folder, String suffix) throws IOException {
    requireFoldersAbove(folder);
    return Folders.ids(folder, suffix);
  }

  /**
   * Whether {@code folder}, the root or a folder in it, exists.
   *
   * @throws UnsafeFileException when it is something else. The root itself may be a link.
   */
  boolean isFolder(Path folder) throws IOException {
    if (folder.equals(root)) {
      return Files.isDirectory(root);
    }
    requireFoldersAbove(folder);
    Optional<BasicFileAttributes> found = PlainFiles.look(folder);
    if (found.isPresent()) {
      PlainFiles.requireFolder(folder, found.get());
    }
    return found.isPresent();
  }

  /** The files in {@code folder} with matching names; empty if the folder does not exist. */
  public List<Path> list(Path folder, Predicate<String> names) throws IOException {
    if (!isFolder(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(file -> names.test(file.getFileName().toString())).toList();
    }
  }

  /** Creates a folder of the repository and its parents if they do not exist. */
  public void createFolders(Path folder) throws IOException {
    if (!Files.isDirectory(root)) {
      PrivateFiles.createFolders(root);
    }
    if (folder.equals(root)) {
      return;
    }
    Path made = root;
    for (Path name : relative(folder)) {
      made = made.resolve(name);
      Optional<BasicFileAttributes> found = PlainFiles.look(made);
      if (found.isEmpty()) {
        try {
          PrivateFiles.createFolder(made);
          continue;
        } catch (FileAlreadyExistsException e) {
          // Another thread stored an object of the same organization.
          found = PlainFiles.look(made);
        }
      }
      if (found.isPresent()) {
        PlainFiles.requireFolder(made, found.get());
      }
    }
  }

  /** Removes a file, or a link with its name. Does nothing if it does not exist. */
  public void deleteIfExists(Path file) throws IOException {
    requireFoldersAbove(file);
    Files.deleteIfExists(file);
  }

  /** Removes a folder with its content. Removes links, does not follow them. */
  public void deleteTree(Path folder) throws IOException {
    requireFoldersAbove(folder);
    Folders.delete(folder);
  }

  /** The file with these attributes. */
  static StoredFile stored(String name, BasicFileAttributes found) {
    return new StoredFile(name, found.size(), found.lastModifiedTime().toInstant(), "");
  }

  /** The names from the root to {@code path}. */
  private Path relative(Path path) throws UnsafeFileException {
    @Nullable Path names = path.startsWith(root) ? root.relativize(path) : null;
    if (names == null || hasDots(names)) {
      throw new UnsafeFileException(path.toString(), "it is outside the repository " + root);
    }
    return names;
  }

  private static boolean hasDots(Path names) {
    for (Path name : names) {
      if (name.toString().equals("..") || name.toString().equals(".")) {
        return true;
      }
    }
    return false;
  }
}
