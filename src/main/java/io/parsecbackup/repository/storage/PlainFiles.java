package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;

/** Opens regular files only and follows no link, in folders that are known to be safe. */
public final class PlainFiles {

  private PlainFiles() {}

  /** Opens a regular file for reading. */
  public static InputStream open(Path file) throws IOException {
    requireRegular(file, attributes(file));
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Opens an existing regular file at any position. The option must not create a file. */
  public static FileChannel openChannel(Path file, OpenOption option) throws IOException {
    requireRegular(file, attributes(file));
    return FileChannel.open(file, Set.of(option, LinkOption.NOFOLLOW_LINKS));
  }

  /** The attributes of the file, folder or link with this name; empty if it does not exist. */
  public static Optional<BasicFileAttributes> look(Path path) throws IOException {
    try {
      return Optional.of(attributes(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The size of a regular file in bytes; 0 if it is something else or does not exist. */
  public static long size(Path file) throws IOException {
    return look(file)
        .filter(BasicFileAttributes::isRegularFile)
        .map(BasicFileAttributes::size)
        .orElse(0L);
  }

  /** Checks that {@code found}, the attributes of {@code file}, are those of a regular file. */
  public static void requireRegular(Path file, BasicFileAttributes found)
      throws UnsafeFileException {
    if (!found.isRegularFile()) {
      throw unsafe(file, found, "a regular file");
    }
  }

  /** Checks that {@code found}, the attributes of {@code folder}, are those of a folder. */
  public static void requireFolder(Path folder, BasicFileAttributes found)
      throws UnsafeFileException {
    if (!found.isDirectory()) {
      throw unsafe(folder, found, "a folder");
    }
  }

  /**
   * The file in {@code folder} that a document names.
   *
   * @throws UnsafeFileException when the name is not that of a file directly in the folder
   */
  public static Path child(Path folder, String name) throws UnsafeFileException {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new UnsafeFileException(
          folder.toString(),
          "a document names the file '" + name + "', which is not in this folder");
    }
    return folder.resolve(name);
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static UnsafeFileException unsafe(Path path, BasicFileAttributes found, String expected) {
    return new UnsafeFileException(
        path.toString(),
        found.isSymbolicLink()
            ? "it is a symbolic link, and links inside a repository are not followed; replace it"
                + " with the file that it points to, or remove it"
            : "it is not " + expected + "; remove it, or restore it from a copy");
  }
}
