package io.parsecbackup.repository.storage.folder;

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
 * Tests whether a file system distinguishes organizations as Parsec does: their names may differ by
 * case or Unicode form only, in any script.
 */
public final class FileSystemProbe {

  /** Pairs that a file system may treat as equal, and names that it may not support. */
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
   * Creates a few files in {@code folder}, checks their names, and removes them.
   *
   * @param folder an empty folder, which is removed afterwards
   * @throws Problem when the file system merges names or does not support them
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
        throw refusal(folder, "changes the Unicode form of names");
      }
    } catch (InvalidPathException e) {
      throw refusal(
          folder, "or this process's locale does not support UTF-8 names (set LANG=C.UTF-8)");
    } catch (FileAlreadyExistsException e) {
      throw refusal(folder, "treats names that differ by case or Unicode form as equal");
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
            + ": objects of different organizations would overwrite each other. Choose a folder on"
            + " a file system like ext4 or XFS");
  }
}
