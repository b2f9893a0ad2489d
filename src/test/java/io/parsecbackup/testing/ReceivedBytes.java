package io.parsecbackup.testing;

import io.parsecbackup.repository.storage.Content;
import java.io.IOException;
import java.nio.file.Files;

/** Reads content, wherever it is. */
public final class ReceivedBytes {

  private ReceivedBytes() {}

  public static byte[] of(Content content) throws IOException {
    return switch (content) {
      case Content.InMemory memory -> memory.bytes();
      case Content.InFile file -> Files.readAllBytes(file.file());
    };
  }
}
