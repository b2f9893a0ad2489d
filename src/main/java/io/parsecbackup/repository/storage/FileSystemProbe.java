package io.parsecbackup.repository.storage;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out whether a file system keeps apart what Parsec keeps apart: organizations whose names
 * differ by case or Unicode form alone, in any script.
 */
public final class FileSystemProbe {

  /** Pairs that a file system may take for one name, and names that it may be unable to hold. */
  private static final List<String> NAMES =
      List.of(
          "CoolOrg",
          "coolorg",
          "\u00c9l\u00e9phant",
          "E\u0301le\u0301phant",
          "\u65e5\u672c",
          "\ud842\udfb7");

  private FileSystemProbe() {}

  /**
   * Makes a few files in {@code folder}, looks at what became of them, and removes them.
   *
   * @param folder empty, and removed afterwards
   * @throws Problem when the file system merges names or cannot hold them
   */
  public static void check(Path folder) throws IOException {
    try {
      for (String name : NAMES) {
        Files.createFile(folder.resolve(name));
      }
      Set<String> found;
      try (Stream<Path> files = Files.list(folder)) {
        found = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      }
      if (!found.equals(Set.copyOf(NAMES))) {
        throw refusal(folder, "gives names back in another form than they were given");
      }
    } catch (InvalidPathException e) {
      throw refusal(
          folder, "or this process's locale cannot hold names in UTF-8 (set LANG=C.UTF-8)");
    } catch (FileAlreadyExistsException e) {
      throw refusal(folder, "takes names that differ by case or Unicode form for one");
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static Problem refusal(Path folder, String why) {
    return new Problem(
        Kind.REPOSITORY,
        "the file system of "
            + folder
            + " "
            + why
            + ": objects of different organizations would overwrite each other. Choose a folder on a"
            + " file system like ext4 or XFS");
  }
}
