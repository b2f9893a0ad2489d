package io.parsecbackup.objectstore.upload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The temporary folder of one upload. Closing it deletes the folder and its files. */
record UploadScratch(Path folder) implements AutoCloseable {

  /** Creates a folder in {@code scratch} that only its owner can read. */
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
