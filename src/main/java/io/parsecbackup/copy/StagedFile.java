package io.parsecbackup.copy;

import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/**
 * A file of the repository in the scratch folder of a place, with the expected bytes.
 *
 * @param name in both repositories
 */
record StagedFile(String name, Path file, String sha256) {

  /**
   * Copies a file to scratch.
   *
   * @throws DigestMismatchException when it has other bytes than expected
   * @throws java.nio.file.NoSuchFileException when it does not exist
   */
  static StagedFile of(Repository original, String name, String sha256, Workspace workspace)
      throws IOException {
    Path file = workspace.newFile();
    MessageDigest digest = Sha256.digest();
    try (InputStream in = new DigestInputStream(original.storage().open(name), digest);
        OutputStream out = Channels.newOutputStream(PrivateFiles.create(file))) {
      in.transferTo(out);
    }
    String found = Sha256.hex(digest);
    if (!found.equals(sha256)) {
      throw new DigestMismatchException(original.storage().locate(name), sha256, found);
    }
    return new StagedFile(name, file, sha256);
  }

  /** Moves it to its name. It is on stable storage after the next flush. */
  void put(Repository target) throws IOException {
    target.storage().putUnflushed(NewFile.replacing(name, Content.of(file, sha256)));
  }
}
