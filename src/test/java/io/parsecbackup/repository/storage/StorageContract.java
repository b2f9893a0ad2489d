package io.parsecbackup.repository.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every kind of {@link Storage} promises. */
public abstract class StorageContract {

  private static final String NAME = "backups/20261122T020000Z/backup.json";

  private Storage storage;

  /** A storage in a place without files. */
  protected abstract Storage newStorage() throws Exception;

  /** Another object for the place of the last {@link #newStorage}. */
  protected abstract Storage again() throws Exception;

  @BeforeEach
  void open() throws Exception {
    storage = newStorage();
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Content content(String text) {
    return Content.of(bytes(text));
  }

  private void write(String name, String text) throws IOException {
    storage.put(NewFile.replacing(name, content(text)));
  }

  private String read(String name) throws IOException {
    try (InputStream in = storage.open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<String> names(String prefix) throws IOException {
    List<String> names = new ArrayList<>();
    for (Iterator<StoredFile> files = storage.list(prefix); files.hasNext(); ) {
      names.add(files.next().name());
    }
    return names;
  }

  private Path scratchFile(String text) throws IOException {
    Files.createDirectories(storage.scratch());
    return Files.writeString(Files.createTempFile(storage.scratch(), "scratch", ""), text);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    write(NAME, "one");
    write("empty", "");
    assertEquals("one", read(NAME));
    assertEquals("", read("empty"));
    StoredFile found = storage.find(NAME).orElseThrow();
    assertEquals(NAME, found.name());
    assertEquals(3, found.size());
    Duration age = Duration.between(found.lastModified(), Instant.now()).abs();
    assertTrue(age.compareTo(Duration.ofMinutes(5)) < 0, age::toString);
    assertEquals(0, storage.find("empty").orElseThrow().size());
  }

  @Test
  void replacesAFile() throws IOException {
    write(NAME, "one");
    write(NAME, "two");
    assertEquals("two", read(NAME));
    assertEquals(List.of(NAME), names("backups/"));
  }

  @Test
  void reportsAFileThatDoesNotExist() throws IOException {
    write("backups/other/file", "x");
    for (String none : List.of(NAME, "none", "backups/other/file2")) {
      assertEquals(Optional.empty(), storage.find(none));
      assertThrows(NoSuchFileException.class, () -> storage.open(none).close());
      assertThrows(NoSuchFileException.class, () -> storage.open(none, 0, 1).close());
      assertThrows(NoSuchFileException.class, () -> storage.local(none, Optional.empty()));
      assertThrows(NoSuchFileException.class, () -> storage.setDate(none, Instant.EPOCH));
      storage.delete(none);
      storage.deleteTree(none);
    }
  }

  @Test
  void refusesANameThatLeavesItsPlace() {
    for (String name :
        List.of("../file", "a/../../file", "/etc/passwd", "", "a//b", "a/", "a/./b")) {
      assertThrows(UnsafeFileException.class, () -> storage.find(name), name);
      assertThrows(UnsafeFileException.class, () -> storage.open(name), name);
      assertThrows(UnsafeFileException.class, () -> write(name, "x"), name);
      assertThrows(UnsafeFileException.class, () -> storage.delete(name), name);
      assertThrows(UnsafeFileException.class, () -> storage.deleteTree(name), name);
    }
  }

  @Test
  void readsAPartOfAFile() throws IOException {
    write(NAME, "0123456789");
    for (Part part :
        List.of(
            new Part(0, 10, "0123456789"),
            new Part(3, 4, "3456"),
            new Part(8, 100, "89"),
            new Part(0, 0, ""),
            new Part(10, 5, ""))) {
      try (InputStream in = storage.open(NAME, part.offset(), part.length())) {
        assertEquals(part.text(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  private record Part(long offset, long length, String text) {}

  @Test
  void writesOnlyIfAbsent() throws IOException {
    storage.put(NewFile.ifAbsent(NAME, content("one")));
    assertThrows(
        ConditionFailedException.class, () -> storage.put(NewFile.ifAbsent(NAME, content("two"))));
    Path scratch = scratchFile("three");
    assertThrows(
        ConditionFailedException.class,
        () ->
            storage.putUnflushed(NewFile.ifAbsent(NAME, Content.of(scratch, Sha256.of(scratch)))));
    assertEquals("one", read(NAME));
    assertEquals("three", Files.readString(scratch));
  }

  @Test
  void writesOnlyIfUnchanged() throws IOException {
    write(NAME, "one");
    String tag = storage.find(NAME).orElseThrow().tag();
    storage.put(unchanged(tag, "two"));
    assertEquals("two", read(NAME));
    assertThrows(ConditionFailedException.class, () -> storage.put(unchanged("other", "three")));
    storage.delete(NAME);
    assertThrows(ConditionFailedException.class, () -> storage.put(unchanged(tag, "three")));
    assertEquals(Optional.empty(), storage.find(NAME));
  }

  private static NewFile unchanged(String tag, String text) {
    return new NewFile(NAME, content(text), new NewFile.IfUnchanged(tag), Optional.empty());
  }

  @Test
  void takesAScratchFile() throws IOException {
    Path one = scratchFile("one");
    storage.put(NewFile.ifAbsent("backups/x/one", Content.of(one, Sha256.of(one))));
    Path two = scratchFile("two");
    storage.putUnflushed(NewFile.replacing("backups/x/two", Content.of(two, Sha256.of(two))));
    storage.flush(new Cancellation());
    assertEquals("one", read("backups/x/one"));
    assertEquals("two", read("backups/x/two"));
    assertFalse(Files.exists(one));
    assertFalse(Files.exists(two));
  }

  @Test
  void leavesNoScratchFile() throws IOException {
    write("objects/CoolOrg/a", "one");
    storage.putUnflushed(NewFile.replacing("objects/CoolOrg/b", content("two")));
    storage.copy("objects/CoolOrg/a", "conflicts/CoolOrg/a/x");
    try (var left = Files.list(Files.createDirectories(storage.scratch()))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void givesALocalFile() throws IOException {
    write("index/a.tsv", "one");
    String sha256 = Sha256.of(bytes("one"));
    assertEquals("one", Files.readString(storage.local("index/a.tsv", Optional.empty())));
    assertEquals("one", Files.readString(storage.local("index/a.tsv", Optional.of(sha256))));
    assertEquals("one", Files.readString(storage.local("index/a.tsv", Optional.of(sha256))));
    write("index/a.tsv", "two");
    assertEquals("two", Files.readString(storage.local("index/a.tsv", Optional.empty())));
    String other = Sha256.of(bytes("other"));
    DigestMismatchException differs =
        assertThrows(
            DigestMismatchException.class, () -> storage.local("index/a.tsv", Optional.of(other)));
    assertEquals(Sha256.of(bytes("two")), differs.found());
  }

  @Test
  void listsInTheOrderOfTheNamesBytes() throws IOException {
    // A dot is lower than a slash, and a letter outside of the basic plane is higher than U+FFFD.
    List<String> sorted =
        List.of(
            "objects/A/1",
            "objects/A.b",
            "objects/A/b/c",
            "objects/\u00c9l\u00e9phant/1",
            "objects/\ufffd/1",
            "objects/\ud842\udfb7/1",
            "objects/a",
            "runs/1");
    List<String> expected =
        sorted.stream()
            .sorted((a, b) -> java.util.Arrays.compareUnsigned(bytes(a), bytes(b)))
            .toList();
    for (String name : sorted) {
      write(name, name);
    }
    assertEquals(expected, names(""));
    assertEquals(expected.subList(0, expected.size() - 1), names("objects/"));
    assertEquals(List.of("objects/A/1", "objects/A/b/c"), names("objects/A/"));
    assertEquals(List.of("objects/A.b", "objects/A/1", "objects/A/b/c"), names("objects/A"));
    assertEquals(List.of(), names("objects/B/"));
    assertEquals(List.of(), names("none/"));
    StoredFile first = storage.list("objects/A/").next();
    assertEquals(storage.find("objects/A/1").orElseThrow(), first);
  }

  @Test
  void knowsTheChildrenOfAFolder() throws IOException {
    assertEquals(List.of(), storage.children("backups"));
    write("backups/b/backup.json", "x");
    write("backups/a/database.dump", "x");
    write("backups/a.b/backup.json", "x");
    assertEquals(List.of("a", "a.b", "b"), storage.children("backups"));
    assertEquals(List.of("backup.json"), storage.children("backups/b"));
    assertEquals(List.of("a.b", "b"), storage.foldersWith("backups", "backup.json"));
    assertEquals(List.of(), storage.foldersWith("none", "backup.json"));
    assertTrue(storage.children("").contains("backups"), "children of the root");
  }

  @Test
  void deletesFilesAndFolders() throws IOException {
    write("backups/a/one", "x");
    write("backups/a/b/two", "x");
    write("backups/ab/three", "x");
    storage.delete("backups/a/one");
    assertEquals(List.of("backups/a/b/two", "backups/ab/three"), names("backups/"));
    storage.deleteTree("backups/a");
    assertEquals(List.of("backups/ab/three"), names("backups/"));
    assertEquals(List.of("ab"), storage.children("backups"));
  }

  @Test
  void copiesAFile() throws IOException {
    write("objects/CoolOrg/a", "one");
    storage.copy("objects/CoolOrg/a", "conflicts/CoolOrg/a/1");
    write("objects/CoolOrg/a", "two");
    storage.copy("objects/CoolOrg/a", "conflicts/CoolOrg/a/1");
    storage.flush(new Cancellation());
    assertEquals("one", read("conflicts/CoolOrg/a/1"));
    assertEquals("two", read("objects/CoolOrg/a"));
    assertThrows(NoSuchFileException.class, () -> storage.copy("none", "conflicts/x"));
  }

  @Test
  void movesAFile() throws IOException {
    write("objects/CoolOrg/a", "one");
    storage.move("objects/CoolOrg/a", "conflicts/CoolOrg/a/1");
    assertEquals("one", read("conflicts/CoolOrg/a/1"));
    assertEquals(Optional.empty(), storage.find("objects/CoolOrg/a"));
    write("objects/CoolOrg/a", "two");
    storage.move("objects/CoolOrg/a", "conflicts/CoolOrg/a/1");
    assertEquals("one", read("conflicts/CoolOrg/a/1"));
    assertThrows(NoSuchFileException.class, () -> storage.move("none", "conflicts/x"));
  }

  @Test
  void refusesNoNameBesideOthers() throws IOException {
    write("objects/CoolOrg/a", "one");
    assertEquals(Optional.empty(), storage.refusal("objects/CoolOrg/a"));
    assertEquals(Optional.empty(), storage.refusal("objects/CoolOrg/b"));
    assertEquals(Optional.empty(), storage.refusal("objects/Other/b/c"));
  }

  @Test
  void holdsTheLockOnce() throws Exception {
    try (Storage other = again()) {
      assertFalse(storage.locks().isHeld());
      try (RepositoryLocks.Held held = storage.locks().exclusive("backup 20261122T020000Z")) {
        held.announce(new RunId("20261122T020000Z"));
        held.requireHeld();
        assertTrue(other.locks().isHeld());
        for (Taking taking : List.<Taking>of(other.locks()::exclusive, other.locks()::shared)) {
          Problem refused = assertThrows(Problem.class, () -> taking.take("verify"));
          assertEquals(Problem.Kind.HELD, refused.kind());
          assertTrue(
              String.valueOf(refused.getMessage()).contains("backup 20261122T020000Z"),
              refused.getMessage());
        }
      }
      assertFalse(other.locks().isHeld());
      try (RepositoryLocks.Held first = storage.locks().shared("verify");
          RepositoryLocks.Held second = other.locks().shared("drill")) {
        assertFalse(storage.locks().isHeld());
        assertThrows(Problem.class, () -> storage.locks().exclusive("backup"));
        first.requireHeld();
        second.requireHeld();
      }
      storage.locks().exclusive("backup").close();
    }
  }

  private interface Taking {
    RepositoryLocks.Held take(String holder) throws IOException;
  }
}
