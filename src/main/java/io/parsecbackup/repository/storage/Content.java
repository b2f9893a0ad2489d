package io.parsecbackup.repository.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a file to write, with their digest. */
public sealed interface Content {

  /** In bytes. */
  long size();

  /** As lower-case hex. */
  String sha256();

  /** Bytes in memory. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares contents
  record InMemory(byte[] bytes, String sha256) implements Content {
    @Override
    public long size() {
      return bytes.length;
    }
  }

  /** A complete local file in the storage's scratch. It is moved or deleted when it was written. */
  record InFile(Path file, long size, String sha256) implements Content {}

  /** Hashes {@code bytes}. */
  static Content of(byte[] bytes) {
    return new InMemory(bytes, Sha256.of(bytes));
  }

  /** A file whose digest is known. */
  static Content of(Path file, String sha256) throws IOException {
    return new InFile(file, Files.size(file), sha256);
  }
}
