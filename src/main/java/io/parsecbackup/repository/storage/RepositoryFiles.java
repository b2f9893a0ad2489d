package io.parsecbackup.repository.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one way to the files of a repository. It follows no symbolic link below the root, which may
 * be one itself, and opens nothing but regular files: whatever lies in a repository, nothing
 * outside of it is read, written or deleted, and no FIFO, socket or device holds the program up.
 *
 * <p>It looks first and opens then, for Java has no openat(2). It guards against what lies there,
 * not against somebody who exchanges files at the very moment: who can do that can write the
 * repository anyhow.
 */
public final class RepositoryFiles {

  /** Bytes; a document of ours has some thousand, one with a thousand findings some million. */
  public static final long LARGEST_DOCUMENT = 8L << 20;

  private static final Logger LOG = Logger.getLogger(RepositoryFiles.class);
  private static final int MOST_LOGGED = 1_000;
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  private final Path root;

  public RepositoryFiles(Path root) {
    this.root = root;
  }

  /**
   * Checks that every folder between the root and {@code path} is a folder or missing.
   *
   * @throws UnsafeFileException when one of them is a link or anything else, or {@code path} lies
   *     outside of the root
   */
  public void requireFoldersAbove(Path path) throws IOException {
    Path above = root;
    Path names = relative(path);
    for (int i = 0; i < names.getNameCount() - 1; i++) {
      above = above.resolve(names.getName(i));
      Optional<BasicFileAttributes> found = look(above);
      if (found.isEmpty()) {
        return;
      }
      requireFolder(above, found.get());
    }
  }

  /** The same {@code path}, once {@link #requireFoldersAbove} has found nothing. */
  public Path below(Path path) throws IOException {
    requireFoldersAbove(path);
    return path;
  }

  /**
   * Whether anything has this name, whatever it is.
   *
   * @throws IOException when that cannot be determined
   */
  public boolean exists(Path path) throws IOException {
    requireFoldersAbove(path);
    return look(path).isPresent();
  }

  /** The attributes of a regular file; empty when nothing has this name. */
  public Optional<BasicFileAttributes> find(Path file) throws IOException {
    requireFoldersAbove(file);
    Optional<BasicFileAttributes> found = look(file);
    if (found.isPresent()) {
      requireRegular(file, found.get());
    }
    return found;
  }

  /** Bytes of a regular file; 0 of what is none, or is not there, which holds nothing for us. */
  public long size(Path file) throws IOException {
    requireFoldersAbove(file);
    return sizeOf(file);
  }

  static long sizeOf(Path file) throws IOException {
    return look(file)
        .filter(BasicFileAttributes::isRegularFile)
        .map(BasicFileAttributes::size)
        .orElse(0L);
  }

  /**
   * Checks that {@code file} is a regular file, for a program that opens it by its name.
   *
   * @return the same
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
    return openPlain(file);
  }

  /** Opens a file for reading at any position. */
  public FileChannel openChannel(Path file) throws IOException {
    requireFoldersAbove(file);
    return openPlainChannel(file, StandardOpenOption.READ);
  }

  /** The digest of a file's bytes, as lower-case hex. */
  public String sha256(Path file) throws IOException {
    requireFoldersAbove(file);
    return Sha256.of(file);
  }

  /**
   * All bytes of a document.
   *
   * @throws UnsafeFileException when it has more than {@link #LARGEST_DOCUMENT}
   */
  public byte[] document(Path file) throws IOException {
    try (InputStream in = open(file)) {
      // One more, for it may have grown since somebody looked.
      byte[] bytes = in.readNBytes((int) LARGEST_DOCUMENT + 1);
      if (bytes.length > LARGEST_DOCUMENT) {
        throw new UnsafeFileException(
            file.toString(),
            "it has more than "
                + (LARGEST_DOCUMENT >> 20)
                + " MiB, which no document of a repository has; it was not read");
      }
      return bytes;
    }
  }

  /**
   * A sealed document; empty where there is none, or none that can be read and matches its seal.
   * One bad document must not keep anybody from the others, so a failure is logged and no more.
   */
  public Optional<ObjectNode> sealed(Path file) {
    try {
      return exists(file) ? SealedJson.open(document(file)) : Optional.empty();
    } catch (IOException e) {
      // Once of each: a service reads its records every few seconds.
      if (LOGGED.size() < MOST_LOGGED && LOGGED.add(file.toString())) {
        LOG.warnf("a document of the repository is skipped, for it cannot be read: %s", e);
      }
      return Optional.empty();
    }
  }

  /** The ids in {@code folder} whose names end in {@code suffix}, oldest first. */
  public List<RunId> ids(Path folder, String suffix) throws IOException {
    requireFoldersAbove(folder);
    return Folders.ids(folder, suffix);
  }

  /** What lies in {@code folder} under such names; nothing where there is no such folder. */
  public List<Path> list(Path folder, Predicate<String> names) throws IOException {
    requireFoldersAbove(folder);
    return Folders.list(folder, names);
  }

  /** Makes a folder of the repository, and those above it, where they are missing. */
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
      Optional<BasicFileAttributes> found = look(made);
      if (found.isEmpty()) {
        try {
          PrivateFiles.createFolder(made);
          continue;
        } catch (FileAlreadyExistsException e) {
          // By another thread, which places an object of the same organization.
          found = look(made);
        }
      }
      if (found.isPresent()) {
        requireFolder(made, found.get());
      }
    }
  }

  /** Removes a file, or the link that has its name; does nothing where nothing has it. */
  public void deleteIfExists(Path file) throws IOException {
    requireFoldersAbove(file);
    Files.deleteIfExists(file);
  }

  /** Removes a folder with all that is in it; links in it are removed, not followed. */
  public void deleteTree(Path folder) throws IOException {
    requireFoldersAbove(folder);
    Folders.delete(folder);
  }

  /**
   * The file that a document names as one of {@code folder}.
   *
   * @throws UnsafeFileException when that name is not one of a file in it
   */
  public static Path child(Path folder, String name) throws UnsafeFileException {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new UnsafeFileException(
          folder.toString(), "a document names the file '" + name + "', which is not one in it");
    }
    return folder.resolve(name);
  }

  /** Opens a regular file whose folder is known to be one of ours. */
  public static InputStream openPlain(Path file) throws IOException {
    requireRegular(file, lookAt(file));
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** As {@link #openPlain}; the options may not make a file. */
  public static FileChannel openPlainChannel(Path file, OpenOption option) throws IOException {
    requireRegular(file, lookAt(file));
    return FileChannel.open(file, Set.of(option, LinkOption.NOFOLLOW_LINKS));
  }

  /** What has this name, links not followed; empty when nothing has it. */
  public static Optional<BasicFileAttributes> look(Path path) throws IOException {
    try {
      return Optional.of(lookAt(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  public static void requireRegular(Path file, BasicFileAttributes found)
      throws UnsafeFileException {
    if (!found.isRegularFile()) {
      throw unsafe(file, found, "a regular file");
    }
  }

  public static void requireFolder(Path folder, BasicFileAttributes found)
      throws UnsafeFileException {
    if (!found.isDirectory()) {
      throw unsafe(folder, found, "a folder");
    }
  }

  private static BasicFileAttributes lookAt(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static UnsafeFileException unsafe(Path path, BasicFileAttributes found, String expected) {
    return new UnsafeFileException(
        path.toString(),
        found.isSymbolicLink()
            ? "it is a symbolic link, and none is followed inside a repository; put what it points"
                + " to in its place, or remove it"
            : "it is not " + expected + "; remove it, or bring it back from a copy");
  }

  /** The names from the root to {@code path}. */
  private Path relative(Path path) throws UnsafeFileException {
    @Nullable Path names = path.startsWith(root) ? root.relativize(path) : null;
    if (names == null || hasDots(names)) {
      throw new UnsafeFileException(path.toString(), "it lies outside the repository " + root);
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
