package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.UnsafeFileException;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectWalkTest {

  private static final Instant DATE = Instant.parse("2026-11-22T02:00:00.123Z");

  @TempDir Path folder;
  private Path objects;
  private int read;

  @BeforeEach
  void make() throws IOException {
    objects = Files.createDirectory(folder.resolve("objects"));
    store("CoolOrg/b");
    store("CoolOrg/a");
    store("CoolOrg-1/日本");
  }

  private void store(String key) throws IOException {
    Path file = objects.resolve(key);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "content");
    Files.setLastModifiedTime(file, FileTime.from(DATE));
  }

  private List<FoundFile> found() throws IOException {
    RecordSorter<FoundFile> into = new RecordSorter<>(FoundFile.CODEC, folder, "found-" + ++read);
    Repository.at(new FolderStorage(folder, new StableStorage()))
        .objectWalk()
        .read(into, new Cancellation());
    List<FoundFile> found = new ArrayList<>();
    try (RecordStream<FoundFile> records = into.sorted()) {
      records.forEachRemaining(found::add);
    }
    return found;
  }

  private List<String> keys() throws IOException {
    return found().stream().map(FoundFile::key).toList();
  }

  @Test
  void findsEveryFileInKeyOrderWithItsSizeAndDate() throws IOException {
    assertEquals(List.of("CoolOrg-1/日本", "CoolOrg/a", "CoolOrg/b"), keys());
    assertEquals(7, found().getFirst().size());
    assertEquals(DATE, found().getFirst().lastModified());
  }

  @Test
  void skipsWhatCannotBeAnObject() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("c"), "content");
    Files.createSymbolicLink(objects.resolve("folder-link"), elsewhere);
    Files.createSymbolicLink(objects.resolve("link"), elsewhere.resolve("c"));
    store(String.join("/", List.of("n".repeat(250), "n".repeat(250), "n".repeat(250), "a")));
    store(("n".repeat(250) + "/").repeat(4) + "longer-than-a-key-can-be");
    Process shell =
        new ProcessBuilder("sh", "-c", "mkfifo pipe && : > \"$(printf 'no-text-\\377')\"")
            .directory(objects.toFile())
            .inheritIO()
            .start();
    assertEquals(0, shell.waitFor());
    List<String> keys = keys();
    assertEquals(4, keys.size(), keys::toString);
    assertEquals("CoolOrg-1/日本", keys.getFirst());
  }

  @Test
  void refusesALinkInPlaceOfTheFolder() throws IOException {
    Path elsewhere = folder.resolve("other-disk");
    Files.move(objects, elsewhere);
    Files.createSymbolicLink(objects, elsewhere);
    assertThrows(UnsafeFileException.class, this::found);
  }

  @Test
  void stopsWhenItIsCancelled() {
    Cancellation cancelled = new Cancellation();
    cancelled.cancel("test");
    ObjectWalk walk = Repository.at(new FolderStorage(folder, new StableStorage())).objectWalk();
    assertThrows(
        Problem.class,
        () -> walk.read(new RecordSorter<>(FoundFile.CODEC, folder, "cancelled"), cancelled));
  }
}
