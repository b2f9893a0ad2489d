package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What folders of runs have in common. Links are not followed. */
public final class Folders {

  private Folders() {}

  /**
   * The ids in {@code folder} whose names end in {@code suffix}, oldest first; none where there is
   * no such folder.
   */
  public static List<RunId> ids(Path folder, String suffix) throws IOException {
    if (isAbsent(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> RunId.parse(name.substring(0, name.length() - suffix.length())))
          .flatMap(Optional::stream)
          .sorted()
          .toList();
    }
  }

  /** What lies in {@code folder} under such names; nothing where there is no such folder. */
  static List<Path> list(Path folder, Predicate<String> names) throws IOException {
    if (isAbsent(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> names.test(file.getFileName().toString())).toList();
    }
  }

  /**
   * Whether there is surely no such folder: one that may not be looked at must not pass for empty.
   */
  private static boolean isAbsent(Path folder) throws IOException {
    Optional<BasicFileAttributes> found = RepositoryFiles.look(folder);
    if (found.isPresent()) {
      RepositoryFiles.requireFolder(folder, found.get());
    }
    return found.isEmpty();
  }

  /** Bytes of all files in {@code folder} itself; 0 where there is no such folder. */
  public static long bytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : list(folder, name -> true)) {
      bytes += RepositoryFiles.sizeOf(file);
    }
    return bytes;
  }

  /** Removes a folder of scratch with all that is in it; links are removed, not followed. */
  public static void delete(Path folder) throws IOException {
    if (RepositoryFiles.look(folder).isEmpty()) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
