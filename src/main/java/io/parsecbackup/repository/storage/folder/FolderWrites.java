package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives files of a repository in a folder their names. A file is complete in {@code tmp/} before it
 * gets its name.
 *
 * @param stable executes each flush and rename
 */
record FolderWrites(
    Path root, RepositoryFiles files, StableStorage stable, TemporaryFiles temporaries) {

  /**
   * Writes a file.
   *
   * @param flushed whether its bytes and its name are on the disk afterwards
   */
  void put(NewFile file, boolean flushed) throws IOException {
    Path target = files.path(file.name());
    requireMet(file.condition(), target);
    Path complete =
        switch (file.content()) {
          case Content.InMemory memory -> temporary(target, memory.bytes(), flushed);
          case Content.InFile scratch -> {
            if (flushed) {
              stable.flush(scratch.file());
            }
            yield scratch.file();
          }
        };
    if (file.date().isPresent()) {
      stable.dates().set(complete, file.date().get());
    }
    moveTo(target, complete, flushed);
  }

  /**
   * Checks the condition before the rename. Nothing can come between the two: only the holder of
   * the kernel's lock publishes, and names that the holders of a shared lock write contain their
   * own ids.
   */
  private void requireMet(NewFile.Condition condition, Path target) throws IOException {
    switch (condition) {
      // Does not look at the file itself: with a million objects that would count.
      case NewFile.Always always -> files.requireFoldersAbove(target);
      case NewFile.AsFound found -> {
        // find() has checked the folders.
      }
      case NewFile.IfAbsent absent -> {
        if (files.exists(target)) {
          throw new ConditionFailedException(target + " exists already");
        }
      }
      case NewFile.IfUnchanged(String tag) -> {
        if (!files.exists(target) || !tag.isEmpty()) {
          throw new ConditionFailedException(target + " is not the file that was read");
        }
      }
    }
  }

  private Path temporary(Path target, byte[] bytes, boolean flushed) throws IOException {
    Path temporary = temporaries.next();
    try {
      if (flushed) {
        stable.write(temporary, target, bytes);
      } else {
        try (OutputStream out = Channels.newOutputStream(PrivateFiles.create(temporary))) {
          out.write(bytes);
        }
      }
      return temporary;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  private void moveTo(Path target, Path complete, boolean flushed) throws IOException {
    Path folder = RepositoryFiles.parent(target);
    List<Path> changed = new ArrayList<>(List.of(folder));
    try {
      stable.rename(complete, target);
    } catch (NoSuchFileException e) {
      changed.addAll(createFolders(folder));
      stable.rename(complete, target);
    }
    if (flushed) {
      for (Path with : changed) {
        stable.flushFolder(with);
      }
    }
  }

  /** Creates a folder below the root. Returns the folders in which it created others. */
  private List<Path> createFolders(Path folder) throws IOException {
    List<Path> changed = new ArrayList<>();
    for (Path made = folder; !Files.exists(made) && !made.equals(root); ) {
      made = RepositoryFiles.parent(made);
      changed.add(made);
    }
    files.createFolders(folder);
    return changed;
  }

  void setDate(Path file, Instant date) throws IOException {
    BasicFileAttributes found =
        files.find(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
    Duration apart = Duration.between(found.lastModifiedTime().toInstant(), date).abs();
    // Some file systems store dates in whole seconds.
    if (apart.compareTo(Duration.ofSeconds(1)) >= 0) {
      stable.dates().set(file, date);
    }
  }

  /** Gives a file another name in addition, unless a file has that name. */
  void copy(Path source, Path target) throws IOException {
    if (files.exists(target)) {
      return;
    }
    files.createFolders(RepositoryFiles.parent(target));
    try {
      Files.createLink(target, source);
    } catch (FileAlreadyExistsException e) {
      // Another thread has copied it.
    } catch (IOException | UnsupportedOperationException e) {
      // The file system has no hard links: make a copy and rename it when it is complete.
      Path temporary = temporaries.next();
      try (InputStream in = files.open(source);
          OutputStream out = Channels.newOutputStream(PrivateFiles.create(temporary))) {
        in.transferTo(out);
      }
      stable.flush(temporary);
      stable.rename(temporary, target);
    }
  }

  /** Renames a file, unless a file has the other name. */
  void move(Path source, Path target) throws IOException {
    // A link is moved itself, so it leads nowhere from its new place either.
    if (!files.exists(source)) {
      throw new NoSuchFileException(source.toString());
    }
    if (!files.exists(target)) {
      files.createFolders(RepositoryFiles.parent(target));
      stable.rename(source, target);
    }
  }
}
