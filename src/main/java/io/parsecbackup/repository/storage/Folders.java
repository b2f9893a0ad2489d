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

/** Lists, measures and deletes folders. Follows no links. */
public final class Folders {

  private Folders() {}

  /** {@code folder}, or the nearest folder above it that exists. */
  public static Path nearestExisting(Path folder) {
    Path existing = folder;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  /**
   * The ids of the files in {@code folder} whose names end in {@code suffix}, oldest first; empty
   * if the folder does not exist.
   */
  public static List<RunId> ids(Path folder, String suffix) throws IOException {
    if (isAbsent(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return RunId.all(files.map(file -> file.getFileName().toString()).toList(), suffix);
    }
  }

  /** The files in {@code folder} with matching names; empty if the folder does not exist. */
  public static List<Path> list(Path folder, Predicate<String> names) throws IOException {
    if (isAbsent(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> names.test(file.getFileName().toString())).toList();
    }
  }

  /** Fails if this cannot be determined: a folder without read access is not an empty one. */
  private static boolean isAbsent(Path folder) throws IOException {
    Optional<BasicFileAttributes> found = PlainFiles.look(folder);
    if (found.isPresent()) {
      PlainFiles.requireFolder(folder, found.get());
    }
    return found.isEmpty();
  }

  /** Total size in bytes of the files directly in {@code folder}; 0 if it does not exist. */
  public static long bytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : list(folder, name -> true)) {
      bytes += PlainFiles.size(file);
    }
    return bytes;
  }

  /** Removes a folder with its content. Removes links, does not follow them. */
  public static void delete(Path folder) throws IOException {
    if (PlainFiles.look(folder).isEmpty()) {
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
