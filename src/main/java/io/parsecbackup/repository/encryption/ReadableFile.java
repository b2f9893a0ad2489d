package io.parsecbackup.repository.encryption;

import io.parsecbackup.repository.storage.PlainFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file and how to read it: its bytes as they are, or decrypted. A decrypted file can be read only
 * from its start, and its content is never written to disk.
 *
 * @param shown for messages: a local copy of a file in a bucket has another name
 * @param files the encrypted files of a folder, by their names without {@value
 *     EncryptedNames#SUFFIX}
 */
public record ReadableFile(
    Path path, Path shown, Optional<Decryption> decryption, SortedMap<String, ReadableFile> files) {

  public ReadableFile {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  ReadableFile(Path path, Optional<Decryption> decryption) {
    this(path, path, decryption);
  }

  ReadableFile(Path path, Path shown, Optional<Decryption> decryption) {
    this(path, shown, decryption, new TreeMap<>());
  }

  /** A folder of files that are not encrypted. */
  public static ReadableFile folder(Path path, Path shown) {
    return new ReadableFile(path, shown, Optional.empty());
  }

  /** A folder of encrypted files. Only its files can be opened. */
  public static ReadableFile folder(
      Path path, Path shown, SortedMap<String, ReadableFile> encrypted) {
    return new ReadableFile(path, shown, Optional.empty(), encrypted);
  }

  /** A file that is not encrypted. */
  public static ReadableFile plain(Path path) {
    return new ReadableFile(path, Optional.empty());
  }

  public boolean isEncrypted() {
    return decryption.isPresent() || !files.isEmpty();
  }

  /**
   * Opens the regular file for reading. A decrypted stream throws {@link DecryptionException} if
   * the file is damaged or truncated.
   *
   * @throws io.parsecbackup.Problem of kind CONFIGURATION if no identity can decrypt the file
   */
  public InputStream open() throws IOException {
    InputStream in = PlainFiles.open(path);
    return decryption.isEmpty() ? in : decryption.get().open(shown, in);
  }

  /** The name for messages. */
  @Override
  public String toString() {
    return shown.toString();
  }
}
