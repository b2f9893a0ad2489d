package io.parsecbackup.objectstore.upload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder of one restore's own, of which nothing is left at its end. */
record UploadScratch(Path folder) implements AutoCloseable {

  /** A new folder in {@code scratch}, private to its owner. */
  static UploadScratch in(Path scratch) throws IOException {
    return new UploadScratch(Files.createTempDirectory(scratch, "restore-"));
  }

  @Override
  public void close() throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
    Files.delete(folder);
  }
}
