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
 * Makes files and folders that only their owner may read: a dump holds names, addresses and
 * secrets. Java cannot set the umask, so each one is made with its rights from the start.
 */
public final class PrivateFiles {

  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /** Opens a file that must not exist yet, for writing. */
  public static FileChannel create(Path file) throws IOException {
    return open(file, CREATE_NEW, WRITE);
  }

  /** Opens a file, made with private rights where the options make one. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), FILE);
  }

  /** A buffered UTF-8 writer into a file that must not exist yet. */
  public static BufferedWriter newWriter(Path file) throws IOException {
    return new BufferedWriter(
        Channels.newWriter(create(file), StandardCharsets.UTF_8.newEncoder(), -1), 1 << 16);
  }

  /** Takes every right but its owner's from a file that another hand has made. */
  public static void restrict(Path file) throws IOException {
    Files.setPosixFilePermissions(file, FILE.value());
  }

  /** Makes a folder and those above it, where they are missing. */
  public static void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder, FOLDER);
  }

  /**
   * Makes one folder.
   *
   * @throws FileAlreadyExistsException when it is there: who creates it owns it
   */
  public static void createFolder(Path folder) throws IOException {
    Files.createDirectory(folder, FOLDER);
  }
}
