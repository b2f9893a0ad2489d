package io.parsecbackup.copy.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.S3Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectPlannerTest {

  private static final Instant START = Instant.parse("2026-11-01T02:00:00Z");

  @TempDir Path folder;
  private RepositoryLocks.Held lock;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    Repository place =
        Repository.at(new FolderStorage(folder.resolve("place"), new StableStorage()));
    lock = place.lock("a test");
    workspace = place.reserve(lock, Instant.parse("2026-12-01T00:00:00Z"));
  }

  @AfterEach
  void close() throws IOException {
    workspace.close();
    lock.close();
  }

  private static RunId day(int day) {
    return RunId.at(START.plusSeconds(86_400L * day));
  }

  private static IndexRecord object(String key, int version) {
    return new IndexRecord(
        key, version, Integer.toString(version).repeat(64).substring(0, 64), "etag", START, true);
  }

  /** The place has these objects. */
  private void has(IndexRecord... objects) throws IOException {
    for (IndexRecord object : objects) {
      workspace.journal().add(object);
    }
    workspace.recognize();
  }

  private Path file(IndexRecord... records) throws IOException {
    Path file = Files.createTempFile(folder, "segment", ".tsv");
    Files.write(
        file,
        Stream.concat(
                Stream.of(IndexCodec.HEADER), Stream.of(records).map(IndexCodec.INSTANCE::format))
            .toList());
    return file;
  }

  /** What is copied: "segment: place or aside key version". */
  private List<String> plan(Predicate<RunId> isNewest, Map<RunId, Path> files) throws IOException {
    ObjectPlanner planner = new ObjectPlanner(workspace, new Cancellation(), isNewest);
    for (Map.Entry<RunId, Path> file : files.entrySet()) {
      planner.add(file.getKey(), file.getValue());
    }
    List<String> planned = new ArrayList<>();
    Map<RunId, PlannedObjects> plans = new TreeMap<>(planner.plan(new KnownObjects(workspace)));
    for (Map.Entry<RunId, PlannedObjects> plan : plans.entrySet()) {
      long before = planned.size();
      read(plan.getValue().place(), plan.getKey() + ": place ", planned);
      read(plan.getValue().aside(), plan.getKey() + ": aside ", planned);
      assertEquals(planned.size() - before, plan.getValue().count());
    }
    return planned;
  }

  private static void read(Path file, String prefix, List<String> into) throws IOException {
    try (RecordStream<IndexRecord> records =
        RecordStream.merge(IndexCodec.INSTANCE, List.of(file))) {
      while (records.hasNext()) {
        IndexRecord next = records.next();
        into.add(prefix + next.key() + " " + next.size());
      }
    }
  }

  @Test
  void copiesWhatThePlaceDoesNotHave() throws IOException {
    has(object("a", 1), object("b", 1));
    Map<RunId, Path> files = new TreeMap<>();
    files.put(day(1), file(object("a", 1), object("b", 2), object("c", 1)));
    files.put(day(2), file(object("c", 1), object("d", 1)));
    files.put(day(3), file(object("c", 2)));
    assertEquals(
        List.of(
            day(1) + ": place b 2",
            day(1) + ": place c 1",
            day(2) + ": place d 1",
            day(3) + ": place c 2"),
        plan(any -> true, files));
  }

  @Test
  void doesNotReplaceNewerBytesByOlderOnes() throws IOException {
    has(object("a", 2));
    Map<RunId, Path> files = new TreeMap<>();
    files.put(day(1), file(object("a", 1), object("b", 1)));
    files.put(day(3), file(object("a", 3)));
    assertEquals(
        List.of(day(1) + ": place b 1", day(1) + ": aside a 1", day(3) + ": place a 3"),
        plan(id -> id.compareTo(day(2)) > 0, files));
  }

  @Test
  void leavesOutWhatWasRemovedLaterUnlessItCameAgain() throws IOException {
    has(object("kept", 1));
    Map<RunId, Path> files = new TreeMap<>();
    files.put(day(1), file(object("again", 1), object("gone", 1), object("kept", 1)));
    files.put(
        day(2),
        file(
            object("again", 1).asRemoved(),
            object("gone", 1).asRemoved(),
            object("kept", 1).asRemoved()));
    files.put(day(3), file(object("again", 1)));
    assertEquals(List.of(day(3) + ": place again 1"), plan(any -> true, files));
  }

  /** Keys that are the beginning of others, and keys with characters below all others. */
  @Test
  void comparesKeysOfAnyForm() throws IOException {
    IndexRecord[] objects =
        Stream.of(
                "a", "a\u0001", "a\t", "a ", "a/b", "aa", "a\\", "\u00c9", "\uff00", "\ud83d\ude00")
            .map(key -> object(key, 1))
            .toArray(IndexRecord[]::new);
    IndexRecord[] sorted =
        Stream.of(objects)
            .sorted(Comparator.comparing(IndexRecord::key, S3Bucket.ORDER))
            .toArray(IndexRecord[]::new);
    has(sorted[1], sorted[4]);
    Map<RunId, Path> files = new TreeMap<>();
    for (int day = 1; day <= 100; day++) {
      files.put(day(day), file(sorted));
    }
    List<String> planned = plan(any -> true, files);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < sorted.length; i++) {
      if (i != 1 && i != 4) {
        expected.add(day(1) + ": place " + sorted[i].key() + " 1");
      }
    }
    assertEquals(expected, planned);
  }

  @Test
  void plansNothingWithoutSegments() throws IOException {
    assertEquals(List.of(), plan(any -> true, Map.of(day(1), file())));
  }
}
