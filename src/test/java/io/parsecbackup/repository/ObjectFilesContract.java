package io.parsecbackup.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.ObjectFiles.Placed;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.Journal;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How objects are stored, in every kind of {@link Storage}. */
public abstract class ObjectFilesContract {

  private static final Instant MODIFIED = Instant.parse("2026-03-01T10:20:30Z");
  private static final String KEY = "Éléphant-日本/3b917792-35ac-409f-9af1-fe6de8d2b905";

  @TempDir Path local;
  private Storage storage;
  private Journal journal;
  private ObjectFiles objects;

  /** A storage in a place without files. */
  protected abstract Storage newStorage() throws Exception;

  @BeforeEach
  void open() throws Exception {
    storage = newStorage();
    journal = Journal.append(local.resolve("journal.tsv"));
    objects = new ObjectFiles(storage);
  }

  @AfterEach
  void close() throws IOException {
    journal.close();
    storage.close();
  }

  private static Content content(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static IndexRecord entry(String key, String text) {
    Content content = content(text);
    return new IndexRecord(key, content.size(), content.sha256(), "etag", MODIFIED, false);
  }

  private Placed place(String key, String text) throws IOException {
    return objects.place(content(text), entry(key, text), journal);
  }

  private String text(String name) throws IOException {
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

  private Optional<Damage> damage(String key, String text) {
    return new ObjectProof(objects).read(entry(key, text));
  }

  @Test
  void storesAnObjectOnce() throws IOException {
    assertEquals(Placed.STORED, place(KEY, "one"));
    assertEquals(Placed.STORED, place(KEY, "one"));
    assertEquals("one", text("objects/" + KEY));
    assertEquals(OptionalLong.of(3), objects.size(KEY));
    assertEquals(OptionalLong.empty(), objects.size("other"));
    assertEquals(Optional.empty(), damage(KEY, "one"));
    assertEquals(List.of("objects/" + KEY), names(""));
  }

  @Test
  void storesAFileOfScratch() throws IOException {
    Files.createDirectories(storage.scratch());
    Path fetched = Files.writeString(storage.scratch().resolve("body-1"), "one");
    objects.place(Content.of(fetched, content("one").sha256()), entry(KEY, "one"), journal);
    assertEquals("one", text("objects/" + KEY));
    assertFalse(Files.exists(fetched));
  }

  @Test
  void keepsTheBytesThatItReplaces() throws IOException {
    for (String text : List.of("one", "two", "three", "two")) {
      place(KEY, text);
    }
    assertEquals(Placed.DISPLACED, place(KEY, "four"));
    assertEquals("four", text("objects/" + KEY));
    for (String text : List.of("one", "two", "three", "four")) {
      assertEquals(Optional.empty(), damage(KEY, text), text);
    }
    assertEquals(4, names("").size());
    assertEquals(Damage.Kind.DIGEST, damage(KEY, "five").orElseThrow().kind());
    assertEquals(Damage.Kind.SIZE, damage(KEY, "seven hundred").orElseThrow().kind());
    assertEquals(Damage.Kind.LOST, damage("other", "five").orElseThrow().kind());
    assertTrue(objects.holds(entry(KEY, "four")));
    assertFalse(objects.holds(entry(KEY, "five")));
  }

  @Test
  void keepsConflictingBytesOnce() throws IOException {
    place(KEY, "final");
    for (int i = 0; i < 2; i++) {
      assertEquals(i > 0, objects.hasConflicting(KEY, content("other").sha256()));
      objects.keepConflicting(content("other"), KEY);
    }
    assertEquals("final", text("objects/" + KEY));
    String kept = "conflicts/" + KEY + "/" + content("other").sha256();
    assertEquals("other", text(kept));
    assertEquals(List.of(kept, "objects/" + KEY), names(""));
  }

  @Test
  void replacesConflictingBytesThatWereDamaged() throws IOException {
    String kept = "conflicts/" + KEY + "/" + content("other").sha256();
    objects.keepConflicting(content("other"), KEY);
    for (String damaged : List.of("otter", "")) {
      storage.put(NewFile.replacing(kept, content(damaged)));
      objects.keepConflicting(content("other"), KEY);
      assertEquals("other", text(kept));
    }
    assertEquals(List.of(kept), names(""));
  }

  @Test
  void putsAsideWhatADeadRunDidNotWrite() throws IOException {
    place(KEY, "unknown");
    objects.putAside(KEY);
    objects.putAside("other");
    assertEquals(OptionalLong.empty(), objects.size(KEY));
    assertEquals(Optional.empty(), damage(KEY, "unknown"));
  }

  @Test
  void knowsTheSizesOfManyObjects() throws IOException {
    place("CoolOrg-1/a", "one");
    place("CoolOrg/a", "three");
    ObjectSizes sizes = objects.sizes();
    assertEquals(OptionalLong.of(3), sizes.size("CoolOrg-1/a"));
    assertEquals(OptionalLong.empty(), sizes.size("CoolOrg-1/b"));
    assertEquals(OptionalLong.of(5), sizes.size("CoolOrg/a"));
    assertEquals(OptionalLong.empty(), sizes.size("CoolOrg/b"));
    ObjectProof.Look look = new ObjectProof(objects).lookInOrder();
    assertEquals(Optional.empty(), look.at(entry("CoolOrg-1/a", "two")));
    assertEquals(Damage.Kind.SIZE, look.at(entry("CoolOrg/a", "two")).orElseThrow().kind());
    RecordSorter<FoundFile> found = new RecordSorter<>(FoundFile.CODEC, local, "found");
    new ObjectWalk(objects).read(found, new Cancellation());
    List<String> keys = new ArrayList<>();
    try (RecordStream<FoundFile> files = found.sorted()) {
      files.forEachRemaining(file -> keys.add(file.key()));
    }
    assertEquals(List.of("CoolOrg-1/a", "CoolOrg/a"), keys);
  }

  @Test
  void refusesAKeyBelowAnotherOnlyWhereThereAreFolders() throws IOException {
    place("a/b", "one");
    boolean hasFolders = !storage.isRemote();
    assertEquals(hasFolders, objects.refusal("a").isPresent());
    assertEquals(hasFolders, objects.refusal("a/b/c").isPresent());
    assertEquals(hasFolders, objects.textRefusal("n".repeat(300)).isPresent());
    assertTrue(objects.textRefusal("a/../b").isPresent());
    assertEquals(OptionalLong.empty(), objects.size("a/../b"));
    if (!hasFolders) {
      place("a/b/c", "two");
      assertEquals(Optional.empty(), damage("a/b/c", "two"));
    }
  }

  /** The run that was frozen continues after it has looked at the bytes that it replaces. */
  @Test
  void doesNotOverwriteWhatANewerRunHasStored() throws IOException {
    Assumptions.assumeTrue(storage.isRemote());
    place(KEY, "old");
    Storage frozen =
        (Storage)
            Proxy.newProxyInstance(
                Storage.class.getClassLoader(),
                new Class<?>[] {Storage.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("copy")) {
                    assertEquals(Placed.DISPLACED, place(KEY, "newer"));
                  }
                  try {
                    return method.invoke(storage, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    ObjectFiles late = new ObjectFiles(frozen);
    assertThrows(
        ConditionFailedException.class,
        () -> late.place(content("late"), entry(KEY, "late"), journal));
    assertEquals("newer", text("objects/" + KEY));
    assertEquals(Optional.empty(), damage(KEY, "old"));
  }

  @Test
  void writesNoBlockToTheDiskOnItsWayToAServer() throws IOException {
    Assumptions.assumeTrue(storage.isRemote());
    place(KEY, "one");
    place(KEY, "two");
    assertEquals(Optional.empty(), damage(KEY, "two"));
    if (Files.exists(storage.scratch())) {
      try (Stream<Path> files = Files.walk(storage.scratch())) {
        assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
      }
    }
  }
}
