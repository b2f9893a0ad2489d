package io.parsecbackup.repository.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RunId;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many segments are merged into one, and stay readable whatever happens to it, to them, or to the
 * run that merges them.
 */
class CompactorTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final Map<String, String> ALL =
      Map.of("a", "four", "b", "two", "c", "three", "d", "four");

  @TempDir Path folder;
  private final AtomicInteger scratch = new AtomicInteger();
  private final List<RunId> ids = new ArrayList<>();

  @BeforeEach
  void publishFour() throws IOException {
    fresh().rebind(new Source(Optional.empty(), "parsec", List.of("bucket")));
    ids.add(publish(Map.of("a", "one")));
    ids.add(publish(Map.of("a", "two", "b", "two")));
    ids.add(publish(Map.of("c", "three")));
    ids.add(publish(Map.of("a", "four", "d", "four")));
  }

  /** The repository as a new run opens it. */
  private Repository fresh() {
    return Repository.at(new FolderStorage(folder, new StableStorage()));
  }

  private RunId publish(Map<String, String> etags) throws IOException {
    return publishAndCompact(fresh(), etags, 1_000);
  }

  /** A backup that keeps up to {@code most} separate segments. */
  private RunId publishAndCompact(Repository repository, Map<String, String> etags, int most)
      throws IOException {
    try (Workspace workspace = repository.reserve(NoLock.HELD, NOW)) {
      for (Map.Entry<String, String> object : etags.entrySet()) {
        String digest = Sha256.of(object.getValue().getBytes(StandardCharsets.UTF_8));
        workspace
            .journal()
            .add(new IndexRecord(object.getKey(), 1, digest, object.getValue(), NOW, true));
      }
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("id", workspace.id().text());
      workspace.publish(Map.of(), document, new Cancellation());
      repository.compactions().compact(workspace, most);
      return workspace.id();
    }
  }

  private static Map<String, String> etags(RecordStream<IndexRecord> stream) {
    Map<String, String> found = new TreeMap<>();
    try (stream) {
      stream.forEachRemaining(entry -> found.put(entry.key(), entry.etag()));
    }
    return found;
  }

  private Path newFile() {
    return folder.resolve("scratch-" + scratch.incrementAndGet());
  }

  private Map<String, String> all() throws IOException {
    return etags(fresh().index().open(List.of(), this::newFile));
  }

  private Map<String, String> asOf(RunId id) throws IOException {
    return etags(fresh().index().asOf(id, this::newFile));
  }

  private Path segment(RunId id) {
    return folder.resolve("index/" + id + ".tsv");
  }

  private Path merged(RunId id) {
    return folder.resolve("index/" + id + ".merged.tsv");
  }

  private List<String> compactions() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("index"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains(".merged."))
          .sorted()
          .toList();
    }
  }

  private static List<String> namesOf(RunId id) {
    return List.of(id + ".merged.json", id + ".merged.tsv");
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void mergesOnlyIfThereAreTooManySegmentsWithRecords() throws IOException {
    RunId empty = publishAndCompact(fresh(), Map.of(), 4);
    assertEquals(List.of(), compactions());
    RunId last = publishAndCompact(fresh(), Map.of("e", "five"), 4);
    assertEquals(namesOf(last), compactions());
    assertTrue(Files.exists(segment(empty)), "segments belong to their backups");
    publishAndCompact(fresh(), Map.of("e", "six"), 4);
    assertEquals(namesOf(last), compactions());
  }

  @Test
  void readsTheSameForEveryBackupBeforeAndAfter() throws IOException {
    List<Map<String, String>> before = new ArrayList<>();
    for (RunId id : ids) {
      before.add(asOf(id));
    }
    RunId compacted = publishAndCompact(fresh(), Map.of("b", "five"), 0);
    RunId later = publish(Map.of("c", "six"));
    for (int i = 0; i < before.size(); i++) {
      assertEquals(before.get(i), asOf(ids.get(i)));
    }
    assertEquals(Map.of("a", "four", "b", "five", "c", "three", "d", "four"), asOf(compacted));
    assertEquals(Map.of("a", "four", "b", "five", "c", "six", "d", "four"), asOf(later));
    assertEquals(asOf(later), all());
  }

  @Test
  void isReadInPlaceOfTheSegmentsSoThatTheirDamageHasNoEffect() throws IOException {
    RunId compacted = publishAndCompact(fresh(), Map.of("b", "five"), 0);
    Map<String, String> whole = all();
    Files.delete(segment(ids.get(1)));
    flip(segment(ids.get(2)));
    assertEquals(whole, all());
    assertEquals(whole, asOf(compacted));
    assertEquals(List.of(), fresh().index().damagedSegments(compacted));
    assertEquals(
        segment(ids.get(2)).getFileName().toString(),
        Path.of(fresh().files().check(ids.get(2)).getFirst().name()).getFileName().toString());
    // Older views still miss the damaged records; there, the merged segment provides what no other
    // segment names.
    assertEquals(List.of(ids.get(1), ids.get(2)), fresh().index().damagedSegments(ids.get(3)));
    assertEquals(whole, asOf(ids.get(3)));
    // The next merge reads the merged segment, not the original ones.
    RunId next = publishAndCompact(fresh(), Map.of("e", "six"), 0);
    assertEquals(namesOf(next), compactions());
    assertEquals(5, all().size());
  }

  @Test
  void isIgnoredIfItIsDamagedOrNotSealedAndCreatedAgain() throws IOException {
    RunId compacted = publishAndCompact(fresh(), Map.of(), 0);
    Path seal = folder.resolve("index/" + compacted + ".merged.json");
    byte[] sealed = Files.readAllBytes(seal);
    flip(merged(compacted));
    assertEquals(ALL, all());
    flip(merged(compacted));
    flip(seal);
    assertEquals(ALL, all());
    Files.delete(seal);
    assertEquals(ALL, all());
    assertEquals(ALL, asOf(compacted));
    // The seal of another file is not valid, and a merged segment must not hide records that it
    // does not contain.
    RunId later = publish(Map.of("e", "six"));
    Files.copy(merged(compacted), merged(later));
    Files.write(folder.resolve("index/" + later + ".merged.json"), sealed);
    assertEquals(5, all().size());
    RunId again = publishAndCompact(fresh(), Map.of(), 4);
    assertEquals(namesOf(again), compactions());
    assertEquals(5, all().size());
  }

  @Test
  void isNotCreatedWhileADamagedSegmentIsNotReplacedByABackup() throws IOException {
    flip(segment(ids.get(1)));
    RunId refused = publishAndCompact(fresh(), Map.of("b", "five"), 0);
    assertEquals(List.of(), compactions());
    try (Workspace workspace = fresh().reserve(NoLock.HELD, NOW)) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("id", workspace.id().text());
      workspace.publish(Map.of(), document, new Cancellation());
      workspace.makeUpFor(fresh().index().damagedSegments(refused));
      fresh().compactions().compact(workspace, 0);
      assertEquals(namesOf(workspace.id()), compactions());
    }
    assertEquals(Map.of("a", "four", "b", "five", "c", "three", "d", "four"), all());
  }

  /** Stops at each step in turn: the index always has the same content as before. */
  @Test
  void leavesTheIndexUnchangedWhereverItIsInterrupted() throws IOException {
    RunId first = publishAndCompact(fresh(), Map.of(), 0);
    List<String> steps = new ArrayList<>();
    Repository watched = Repository.at(new FolderStorage(folder, new StableStorage(steps::add)));
    publishAndCompact(watched, Map.of("e", "0"), 1_000);
    int published = steps.size();
    assertEquals(namesOf(first), compactions());
    steps.clear();
    RunId newest = publishAndCompact(watched, Map.of("e", "1"), 0);
    List<String> compacting = List.copyOf(steps.subList(published, steps.size()));
    assertEquals("before flush of compaction.tsv", compacting.getFirst());
    assertEquals("after delete of " + first + ".merged.json", compacting.getLast());

    for (int cut = 0; cut < compacting.size(); cut++) {
      String etag = "cut-" + cut;
      int last = published + cut;
      AtomicInteger passed = new AtomicInteger();
      Repository killed =
          Repository.at(
              new FolderStorage(
                  folder,
                  new StableStorage(step -> {
                    if (passed.getAndIncrement() == last) {
                      throw new IllegalStateException("killed " + step);
                    }
                  })));
      assertThrows(
          IllegalStateException.class, () -> publishAndCompact(killed, Map.of("e", etag), 0));
      assertEquals(etag, all().get("e"), compacting.get(cut));
      assertEquals(5, all().size(), compacting.get(cut));
      // Older ones are deleted once the new one is valid.
      boolean deletes = compacting.get(cut).contains("delete");
      assertTrue(deletes || compactions().containsAll(namesOf(newest)), compacting.get(cut));
    }
    RunId end = publishAndCompact(fresh(), Map.of("e", "end"), 0);
    assertEquals(namesOf(end), compactions());
    assertEquals("end", all().get("e"));
  }

  @Test
  void canBeCheckedByHand() throws Exception {
    publishAndCompact(fresh(), Map.of(), 0);
    publish(Map.of("a", "later"));
    String check =
        """
        set -e
        id=$(basename index/*.merged.tsv .merged.tsv)
        digest=$(sha256sum index/$id.merged.tsv | cut -d ' ' -f 1)
        grep 'sha256" : "'$digest index/$id.merged.json
        sed -E 's/("seal" *: *")[0-9a-f]{64}("$)/\\1%s\\2/' index/$id.merged.json | sha256sum | cut -c 1-64 > seal
        grep 'seal" : "'$(cat seal) index/$id.merged.json
        awk -F '\t' 'FNR > 1 { line[$1] = $0 } END { for (key in line) print line[key] }' \\
          $(ls index/*Z.tsv | awk -v last="index/$id.tsv" '$0 <= last') | LC_ALL=C sort > by-hand
        tail -n +2 index/$id.merged.tsv | cmp - by-hand
        """
            .formatted("0".repeat(64));
    Process process =
        new ProcessBuilder("sh", "-c", check)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
