package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.ObjectFiles.Placed;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.NoLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectFilesTest {

  private static final Instant MODIFIED = Instant.parse("2026-03-01T10:20:30.123Z");

  @TempDir Path folder;
  private Repository repository;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    repository = Repository.at(new FolderStorage(folder, new StableStorage()));
    repository.rebind(new Source(Optional.empty(), "parsec", List.of("bucket")));
    workspace = repository.reserve(NoLock.HELD, Instant.parse("2026-11-22T02:00:00Z"));
  }

  @AfterEach
  void close() throws IOException {
    workspace.close();
  }

  private Placed place(String key, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    IndexRecord entry =
        new IndexRecord(key, bytes.length, Sha256.of(bytes), "etag", MODIFIED, false);
    return repository.objects().place(Content.of(bytes), entry, workspace.journal());
  }

  private List<Path> places(IndexRecord entry) {
    List<Path> places = new ArrayList<>();
    repository.objects().places(entry).forEachRemaining(at -> places.add(Path.of(at.toString())));
    return places;
  }

  @Test
  void storesAnObjectUnderItsKeyWithItsDate() throws IOException {
    assertEquals(Placed.STORED, place("Éléphant-日本/a", "one"));
    Path file = folder.resolve("objects/Éléphant-日本/a");
    assertEquals("one", Files.readString(file));
    assertEquals(MODIFIED, Files.getLastModifiedTime(file).toInstant());
    assertEquals(OptionalLong.of(3), repository.objects().size("Éléphant-日本/a"));
  }

  @Test
  void findsFilesThatWereSetAsideAsUnreadable() throws IOException {
    Path aside = Files.createDirectories(folder.resolve("conflicts/CoolOrg/a"));
    Path first = Files.createFile(aside.resolve("unreadable"));
    Path second = Files.createFile(aside.resolve("unreadable-2"));
    IndexRecord entry = new IndexRecord("CoolOrg/a", 3, "0".repeat(64), "etag", MODIFIED, false);
    assertEquals(List.of(folder.resolve("objects/CoolOrg/a"), first, second), places(entry));
  }

  @Test
  void knowsWhereTheBytesOfARecordCanBe() throws IOException {
    place("a/b", "one");
    byte[] one = "one".getBytes(StandardCharsets.UTF_8);
    IndexRecord first = new IndexRecord("a/b", 3, Sha256.of(one), "etag", MODIFIED, true);
    Path file = folder.resolve("objects/a/b");
    assertEquals(List.of(file), places(first));
    place("a/b", "two");
    assertEquals(
        List.of(file, folder.resolve("conflicts/a/b").resolve(first.sha256())), places(first));
    IndexRecord outside = new IndexRecord("../x", 3, first.sha256(), "etag", MODIFIED, true);
    assertEquals(List.of(), places(outside));
  }

  @Test
  void keepsOtherBytesUnderConflicts() throws IOException {
    place("org/a", "one");
    assertEquals(Placed.STORED, place("org/a", "one"));
    assertFalse(Files.exists(folder.resolve("conflicts")));

    assertEquals(Placed.DISPLACED, place("org/a", "two"));
    assertEquals(Placed.DISPLACED, place("org/a", "three"));
    assertEquals(Placed.DISPLACED, place("org/a", "two"));

    assertEquals("two", Files.readString(folder.resolve("objects/org/a")));
    for (String earlier : List.of("one", "two", "three")) {
      String digest = Sha256.of(earlier.getBytes(StandardCharsets.UTF_8));
      assertEquals(earlier, Files.readString(folder.resolve("conflicts/org/a").resolve(digest)));
    }
  }

  @Test
  void refusesAKeyBelowAnotherKeyOrInPlaceOfAFolder() throws IOException {
    place("org/a", "one");
    place("org/b/c", "one");
    assertTrue(repository.objects().refusal("org/a/below").isPresent());
    assertTrue(repository.objects().refusal("org/b").isPresent());
    assertEquals(Optional.empty(), repository.objects().refusal("org/d"));
    assertEquals(Optional.empty(), repository.objects().refusal("org/b/d"));
    assertEquals(OptionalLong.empty(), repository.objects().size("org/a/below"));
    assertEquals(OptionalLong.empty(), repository.objects().size("org/b"));
  }
}
