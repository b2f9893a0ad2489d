package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketCacheTest {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();
  private static final String NAME = "index/20261122T020000Z.tsv";
  private static final Content CONTENT = Content.of("records".getBytes(StandardCharsets.UTF_8));

  @TempDir Path folder;
  private BucketStorage storage;

  @BeforeEach
  void open() throws IOException {
    storage = BucketScenario.in(SERVER, folder).open();
    storage.put(NewFile.ifAbsent(NAME, CONTENT));
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private Path copy() throws IOException {
    Path copy = storage.local(NAME, Optional.of(CONTENT.sha256()));
    assertEquals("records", Files.readString(copy));
    return copy;
  }

  @Test
  void downloadsOnce() throws IOException {
    long before = SERVER.count(Kind.GET_OBJECT);
    Path copy = copy();
    assertEquals(copy, copy());
    assertEquals(copy, storage.localAgain(NAME, CONTENT.sha256()));
    assertEquals(before + 1, SERVER.count(Kind.GET_OBJECT));
    assertEquals("rw-------", permissions(copy));
    assertEquals("rwx------", permissions(copy.resolve("..").normalize()));
    assertEquals("rwx------", permissions(copy.resolve("../..").normalize()));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void downloadsAgainWhatIsDamagedOrDeleted() throws IOException {
    Files.writeString(copy(), "damaged");
    Path copy = copy();
    Files.delete(copy);
    copy();
    try (var all = Files.walk(folder)) {
      for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        if (!file.equals(folder)) {
          Files.delete(file);
        }
      }
    }
    assertEquals(copy, copy());
    Files.delete(copy);
    assertEquals(copy, storage.localAgain(NAME, CONTENT.sha256()));
  }

  @Test
  void removesWhatNobodyUsed() throws IOException {
    Path copy = copy();
    Path old = Files.writeString(copy.resolveSibling("old"), "x");
    Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    storage.local(NAME, Optional.empty());
    assertTrue(Files.notExists(old));
    assertTrue(Files.exists(copy));
  }

  @Test
  void findsDamageInTheBucketAlthoughItHasAGoodCopy() throws IOException {
    Path copy = copy();
    storage.put(NewFile.replacing(NAME, Content.of("damaged".getBytes(StandardCharsets.UTF_8))));
    assertEquals(copy, copy());

    storage.distrustCopies();

    for (int i = 0; i < 2; i++) {
      assertThrows(DigestMismatchException.class, this::copy);
      assertFalse(Files.exists(copy), "later runs must find the damage too");
    }
  }

  @Test
  void refusesAFolderThatOthersCanWriteTo() throws IOException {
    Path root = copy().resolve("../..").normalize();
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
    FileSystemException refused = assertThrows(FileSystemException.class, this::copy);
    assertTrue(String.valueOf(refused.getMessage()).contains("parsec.backup.cache"));
    Path moved = Files.move(root, folder.resolve("elsewhere"));
    Files.createSymbolicLink(root, moved);
    assertThrows(FileSystemException.class, this::copy);
  }
}
