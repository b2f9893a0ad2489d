package io.parsecbackup.repository.storage.folder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only regular files below the root are opened, whatever else is there. */
class RepositoryFilesTest {

  @TempDir Path folder;
  private Path root;
  private Path outside;
  private RepositoryFiles files;

  @BeforeEach
  void repository() throws IOException {
    root = Files.createDirectory(folder.resolve("repository"));
    outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("file"), "not ours");
    files = new RepositoryFiles(root);
  }

  @ParameterizedTest
  @ValueSource(strings = {"link", "dangling link", "fifo", "socket", "folder"})
  void opensNothingButRegularFiles(String kind) throws Exception {
    Path file = root.resolve("file");
    switch (kind) {
      case "link" -> Files.createSymbolicLink(file, outside.resolve("file"));
      case "dangling link" -> Files.createSymbolicLink(file, outside.resolve("nothing"));
      case "fifo" -> new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
      case "socket" -> {
        try (var server = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
          server.bind(java.net.UnixDomainSocketAddress.of(file));
        }
      }
      default -> Files.createDirectory(file);
    }

    assertTrue(files.exists(file));
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          assertThrows(UnsafeFileException.class, () -> files.open(file));
          assertThrows(UnsafeFileException.class, () -> files.openChannel(file));
          assertThrows(UnsafeFileException.class, () -> files.document(file));
          assertThrows(UnsafeFileException.class, () -> files.sha256(file));
          assertThrows(UnsafeFileException.class, () -> files.require(file));
          assertEquals(Optional.empty(), files.sealed(file));
        });
  }

  @Test
  void doesNotFollowALinkInPlaceOfAFolder() throws Exception {
    Files.createSymbolicLink(root.resolve("tmp"), outside);
    Path file = root.resolve("tmp/file");

    assertThrows(UnsafeFileException.class, () -> files.open(file));
    assertThrows(UnsafeFileException.class, () -> files.exists(file));
    assertThrows(UnsafeFileException.class, () -> files.deleteIfExists(file));
    assertThrows(UnsafeFileException.class, () -> files.deleteTree(root.resolve("tmp/folder")));
    assertThrows(UnsafeFileException.class, () -> files.list(root.resolve("tmp"), name -> true));
    assertThrows(UnsafeFileException.class, () -> files.createFolders(root.resolve("tmp/new")));
    assertEquals("not ours", Files.readString(outside.resolve("file")));
    assertFalse(Files.exists(outside.resolve("new")));
  }

  @Test
  void removesALinkButNotItsTarget() throws Exception {
    Path link = Files.createSymbolicLink(root.resolve("scratch"), outside);

    files.deleteTree(link);

    assertFalse(files.exists(link));
    assertEquals("not ours", Files.readString(outside.resolve("file")));
  }

  @Test
  void acceptsALinkAsTheRoot() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), root);
    RepositoryFiles linked = new RepositoryFiles(link);

    linked.createFolders(link);
    linked.createFolders(link.resolve("objects/Org"));
    Files.writeString(root.resolve("objects/Org/file"), "ours");

    assertArrayEquals("ours".getBytes(), linked.document(link.resolve("objects/Org/file")));
  }

  @Test
  void doesNotReadAnOversizedDocumentIntoMemory() throws Exception {
    Path file = root.resolve("backup.json");
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(600L << 20);
    }

    assertThrows(UnsafeFileException.class, () -> files.document(file));
    assertEquals(Optional.empty(), files.sealed(file));
  }

  @Test
  void refusesANameThatLeavesItsFolder() {
    for (String name : new String[] {"", ".", "..", "../file", "a/b", "/etc/passwd", "a\0"}) {
      assertThrows(UnsafeFileException.class, () -> PlainFiles.child(root, name), name);
    }
    assertThrows(UnsafeFileException.class, () -> files.open(root.resolve("../outside/file")));
    assertThrows(UnsafeFileException.class, () -> files.open(outside.resolve("file")));
    assertThrows(NoSuchFileException.class, () -> files.open(root.resolve("none")));
  }
}
