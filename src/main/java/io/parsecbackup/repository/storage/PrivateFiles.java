package io.parsecbackup.repository.storage;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Creates files and folders that only their owner may read, because a dump contains names,
 * addresses and secrets. Java cannot set the umask, so each one is created with its permissions.
 */
public final class PrivateFiles {

  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /** Creates a file, which must not exist yet, for writing. */
  public static FileChannel create(Path file) throws IOException {
    return open(file, CREATE_NEW, WRITE);
  }

  /** Opens a file. If the options create it, only its owner may read it. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), FILE);
  }

  /** A buffered UTF-8 writer to a new file, which must not exist yet. */
  public static BufferedWriter newWriter(Path file) throws IOException {
    return new BufferedWriter(
        Channels.newWriter(create(file), StandardCharsets.UTF_8.newEncoder(), -1), 1 << 16);
  }

  /** Makes an existing file readable by its owner only. */
  public static void restrict(Path file) throws IOException {
    Files.setPosixFilePermissions(file, FILE.value());
  }

  /** Creates a folder and its parents if they do not exist. */
  public static void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder, FOLDER);
  }

  /**
   * Creates one folder.
   *
   * @throws FileAlreadyExistsException when it exists: only one caller can create it
   */
  public static void createFolder(Path folder) throws IOException {
    Files.createDirectory(folder, FOLDER);
  }
}
