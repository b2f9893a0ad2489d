package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What an attacker may put in place of a file or folder of a repository. */
public enum Trap {
  LINK_TO_FILE,
  LINK_TO_FOLDER,
  /** Opening it blocks forever, so it also shows that no check follows a link. */
  LINK_TO_FIFO,
  FIFO,
  SOCKET,
  /** Far larger than any document of a repository, but takes only one block on the disk. */
  OVERSIZE;

  /** Bytes that must not appear anywhere. */
  public static final String SECRET = "this is no file of the repository\n";

  /** Creates a folder with the targets of the links. */
  public static Path outside(Path folder) throws IOException {
    Path outside = Files.createDirectories(folder);
    Files.writeString(outside.resolve("file"), SECRET);
    fifo(outside.resolve("fifo"));
    Path inner = Files.createDirectories(outside.resolve("folder"));
    for (String name : new String[] {"backup.json", "database.dump", "SHA256SUMS", "journal.tsv"}) {
      Files.writeString(inner.resolve(name), SECRET);
    }
    Files.writeString(
        Files.createDirectories(inner.resolve("20200101T000000Z")).resolve("database.dump"),
        SECRET);
    return outside;
  }

  /** Everything in that folder, with sizes, dates, permissions and contents. */
  public static Map<String, String> facts(Path outside) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(outside)) {
      for (Path path : tree.toList()) {
        Map<String, Object> attributes =
            Files.readAttributes(
                path, "posix:size,lastModifiedTime,permissions", LinkOption.NOFOLLOW_LINKS);
        String content = Files.isRegularFile(path) ? Files.readString(path) : "";
        facts.put(path.toString(), new TreeMap<>(attributes) + content);
      }
    }
    return facts;
  }

  /** Puts the trap in this place, and replaces what is there. */
  public void set(Path place, Path outside) throws IOException {
    Folders.delete(place);
    Files.createDirectories(place.getParent());
    switch (this) {
      case LINK_TO_FILE -> Files.createSymbolicLink(place, outside.resolve("file"));
      case LINK_TO_FOLDER -> Files.createSymbolicLink(place, outside.resolve("folder"));
      case LINK_TO_FIFO -> Files.createSymbolicLink(place, outside.resolve("fifo"));
      case FIFO -> fifo(place);
      case SOCKET -> socket(place);
      case OVERSIZE -> {
        try (RandomAccessFile sparse = new RandomAccessFile(place.toFile(), "rw")) {
          sparse.setLength(64L << 20);
        }
      }
    }
  }

  private static void fifo(Path place) throws IOException {
    try {
      assertEquals(0, new ProcessBuilder("mkfifo", place.toString()).start().waitFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** A socket's address has room for only about a hundred bytes, so it is created elsewhere. */
  private static void socket(Path place) throws IOException {
    Path near = Files.createTempDirectory("trap");
    Path socket = near.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    Files.move(socket, place);
    Files.delete(near);
  }
}
