package io.parsecbackup.repository.storage.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageContract;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStorageTest extends StorageContract {

  private static final Instant DATE = Instant.parse("2026-03-01T10:20:30.123Z");

  @TempDir Path folder;
  private final List<String> steps = new ArrayList<>();

  @Override
  protected Storage newStorage() throws IOException {
    Files.createDirectory(folder.resolve("repository"));
    return again();
  }

  @Override
  protected Storage again() {
    return new FolderStorage(root(), new StableStorage(steps::add));
  }

  private Path root() {
    return folder.resolve("repository");
  }

  @Test
  void flushesTheFileBeforeItsNameAndAllNewFolders() throws IOException {
    again().put(NewFile.replacing("backups/a/backup.json", Content.of(new byte[1])));
    assertEquals(
        List.of(
            "after flush of backup.json",
            "after rename to backup.json",
            "after flush of folder a",
            "after flush of folder backups",
            "after flush of folder repository"),
        steps.stream().filter(step -> step.startsWith("after")).toList());
  }

  @Test
  void flushesNothingUntilItIsAsked() throws IOException {
    Files.createDirectory(root().resolve("objects"));
    again().putUnflushed(NewFile.replacing("objects/a", Content.of(new byte[1])));
    assertEquals(List.of("before rename to a", "after rename to a"), steps);
  }

  @Test
  void makesFilesForItsOwnerOnlyWithTheObjectsDate() throws IOException {
    Storage storage = again();
    storage.putUnflushed(
        new NewFile(
            "objects/CoolOrg/a", Content.of(new byte[1]), new NewFile.Always(), Optional.of(DATE)));
    Path file = root().resolve("objects/CoolOrg/a");
    assertEquals(DATE, storage.find("objects/CoolOrg/a").orElseThrow().lastModified());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    storage.setDate("objects/CoolOrg/a", DATE.plusSeconds(60));
    assertEquals(DATE.plusSeconds(60), Files.getLastModifiedTime(file).toInstant());
  }

  @Test
  void neitherReadsNorWritesThroughALink() throws IOException {
    Storage storage = again();
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("file"), "not ours");
    Files.createSymbolicLink(root().resolve("objects"), outside);
    Files.createSymbolicLink(root().resolve("link"), outside.resolve("file"));
    NewFile file = NewFile.replacing("objects/file", Content.of(new byte[1]));
    assertThrows(UnsafeFileException.class, () -> storage.put(file));
    assertThrows(UnsafeFileException.class, () -> storage.find("objects/file"));
    assertThrows(UnsafeFileException.class, () -> storage.find("link"));
    assertThrows(UnsafeFileException.class, () -> storage.open("link"));
    assertThrows(UnsafeFileException.class, () -> storage.local("link", Optional.empty()));
    assertThrows(UnsafeFileException.class, () -> storage.copy("link", "copied"));
    storage.move("link", "moved");
    assertTrue(Files.isSymbolicLink(root().resolve("moved")), "the link itself is moved");
    assertThrows(UnsafeFileException.class, () -> storage.children("objects"));
    assertThrows(UnsafeFileException.class, () -> storage.list("objects/"));
    assertThrows(UnsafeFileException.class, () -> storage.locks().exclusive("backup"));
    assertEquals(List.of(), names(storage.list("")));
    storage.delete("link");
    storage.deleteTree("objects");
    assertEquals("not ours", Files.readString(outside.resolve("file")));
  }

  @Test
  void writesThroughNoLinkThatReplacesItsScratch() throws IOException {
    Storage storage = again();
    storage.put(NewFile.replacing("objects/a", Content.of(new byte[1])));
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.delete(root().resolve("tmp"));
    Files.createSymbolicLink(root().resolve("tmp"), outside);
    NewFile file = NewFile.replacing("objects/b", Content.of(new byte[1]));
    assertThrows(UnsafeFileException.class, () -> storage.put(file));
    try (Stream<Path> written = Files.list(outside)) {
      assertEquals(0, written.count());
    }
    Files.delete(root().resolve("tmp"));
    storage.put(file);
    assertTrue(storage.find("objects/b").isPresent(), "the folder is made again");
  }

  @Test
  void writesAFileThatItHasJustLookedFor() throws IOException {
    Storage storage = again();
    for (byte bytes = 1; bytes <= 2; bytes++) {
      assertEquals(bytes == 2, storage.find("objects/org/a").isPresent());
      storage.putUnflushed(
          new NewFile(
              "objects/org/a",
              Content.of(new byte[bytes]),
              new NewFile.AsFound(),
              Optional.empty()));
      assertEquals(bytes, storage.find("objects/org/a").orElseThrow().size());
    }
  }

  @Test
  void refusesAKeyBelowAnotherKeyOrInPlaceOfAFolder() throws IOException {
    Storage storage = again();
    storage.put(NewFile.replacing("objects/org/a", Content.of(new byte[1])));
    assertTrue(storage.refusal("objects/org/a/below").isPresent());
    assertTrue(storage.refusal("objects/org").isPresent());
  }

  @Test
  void listsAFolderThatIsTooLargeForOneReading() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int i = 100; i < 200; i++) {
      expected.add("objects/" + i + "/a");
      Files.createDirectories(root().resolve("objects/" + i));
      Files.writeString(root().resolve(expected.getLast()), "x");
    }
    RepositoryFiles files = new RepositoryFiles(root());
    for (int most : new int[] {1, 7, 99, 100, 101}) {
      assertEquals(expected, names(FolderListing.of(root(), files, "objects/", most)));
    }
  }

  private static List<String> names(Iterator<StoredFile> files) {
    List<String> names = new ArrayList<>();
    files.forEachRemaining(file -> names.add(file.name()));
    return names;
  }
}
