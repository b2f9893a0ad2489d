package io.parsecbackup.backup;

import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The files that are published with a backup, each with its SHA-256. */
public final class PublishedFiles {

  private PublishedFiles() {}

  /** Adds {@code file} with its digest, if there is one. */
  public static void add(Optional<Path> file, Map<Path, String> files) throws IOException {
    if (file.isPresent()) {
      files.put(file.get(), Sha256.of(file.get()));
    }
  }
}
