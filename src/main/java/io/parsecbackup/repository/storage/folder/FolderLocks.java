package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes the operating system's lock on the file {@code lock} in a repository's folder. */
record FolderLocks(Path root, RepositoryFiles files) implements RepositoryLocks {

  /** Creates the repository's folder if it does not exist. */
  @Override
  public Held exclusive(String holder) throws IOException {
    files.createFolders(root);
    requirePlain();
    return FolderLock.exclusive(file(), holder);
  }

  @Override
  public Held shared(String holder) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new Problem(
          Kind.NOT_FOUND,
          "there is no repository at "
              + root
              + ": set parsec.backup.repository to the folder that contains the backups");
    }
    requirePlain();
    return FolderLock.shared(file(), holder);
  }

  @Override
  public boolean isHeld() throws IOException {
    return FolderLock.isHeld(file());
  }

  /**
   * Checks that the folders in the root are folders and the lock is a file. A link would redirect
   * all access to another place.
   *
   * @throws UnsafeFileException when one of them is of another kind
   */
  void requirePlain() throws IOException {
    for (String folder : Layout.ALL_FOLDERS) {
      files.list(root.resolve(folder), name -> false);
    }
    files.find(file());
  }

  @Override
  public Held ofPart(String name, String holder) throws IOException {
    Path lock = files.path(name);
    files.createFolders(RepositoryFiles.parent(lock));
    return FolderLock.exclusive(lock, holder);
  }

  @Override
  public boolean isPartHeld(String name) throws IOException {
    return FolderLock.isHeld(files.path(name));
  }

  private Path file() {
    return root.resolve(Layout.LOCK);
  }
}
