package io.parsecbackup.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.restore.Subset;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.LogLines;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.ProtectedBucket;
import io.parsecbackup.testing.RepositoryProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A repository in a bucket whose key may not delete. */
class WriteOnceKeyTest {

  private static final PlainCore.Retention TWO = new PlainCore.Retention("2", "referenced");

  /** One more than a compaction needs. */
  private static final int SEGMENTS = 33;

  /** Of the records of runs that a prune would remove, if it could, at least so many. */
  private static final int OLD_RECORDS = 5;

  private static final String ORPHAN = "CoolOrg/not-a-block";

  @TempDir static Path scratch;
  private static CrashLab lab;

  private final List<String> published = new ArrayList<>();

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(6, 512), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private Backup complete(Path repository) {
    Backup backup = lab.run(repository, PlainCore.Sync.LISTING).document();
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    published.add(backup.id());
    return backup;
  }

  private static JobResult verify(Path repository) {
    return PlainCore.jobs(repository, lab.environment())
        .verification("latest", Subset.ALL, Trigger.CLI)
        .execute()
        .document();
  }

  private static JobResult prune(Path repository) {
    return PlainCore.prunes(repository, TWO, new StableStorage())
        .start(false, Trigger.CLI)
        .execute()
        .document();
  }

  @ParameterizedTest
  @EnumSource
  void backsUpTenTimesWhateverHappens(ProtectedBucket.Server server, @TempDir Path place)
      throws Exception {
    try (LogLines log = LogLines.record();
        ProtectedBucket bucket = server.start(place)) {
      Path repository = bucket.folder();
      tenRuns(repository);

      assertEquals(10, published.size());
      assertEquals(published, lab.visible(repository));
      JobResult verified = verify(repository);
      assertEquals(JobState.COMPLETE, verified.state(), verified::toString);
      new RepositoryProof(repository).allAreWhole();
      // Once for a process, however many files stay.
      assertTrue(count(log.from(Level.INFO), "may not delete it") <= 1);
      // Further ones: the lost object, the conflicts, the interrupted run.
      List<String> warnings =
          log.from(Level.WARNING).stream()
              .filter(line -> !line.contains("later than this machine's clock"))
              .toList();
      assertEquals(4, count(warnings, "the storage refused to delete"), warnings::toString);
      assertTrue(warnings.size() <= 12, warnings::toString);
      assertEquals(
          Map.of("runs", 2, "segments", 2, "damaged", 1, "compactions", 2, "probes", 1),
          leftovers(repository));

      // The pruning key removes the rest.
      JobResult pruned = prune(bucket.withAllRights());
      assertEquals(JobState.COMPLETE, pruned.state(), pruned::toString);
      assertEquals(0, pruned.removed().orElseThrow().refused(), pruned::toString);
      assertEquals(8, pruned.removed().orElseThrow().backups());
      assertEquals(published.subList(8, 10), lab.visible(repository));
      assertEquals(
          Map.of("runs", 0, "segments", 0, "damaged", 0, "compactions", 1, "probes", 1),
          leftovers(repository));
      assertEquals(JobState.COMPLETE, verify(repository).state());
      published.clear();
      complete(repository);
    }
  }

  private static long count(List<String> lines, String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }

  /** How many files of each kind nobody needs. */
  private static Map<String, Integer> leftovers(Path repository) throws IOException {
    Set<String> names = names(repository);
    Set<String> backups = Set.copyOf(lab.visible(repository));
    Set<String> runs = new HashSet<>();
    int segments = 0;
    int damaged = 0;
    int compactions = 0;
    int probes = 0;
    for (String name : names) {
      String[] parts = name.split("/", 3);
      if (name.matches("backups/.*") && !backups.contains(parts[1])) {
        if (!parts[2].matches("backup.json|revoked")) {
          runs.add(parts[1]);
        }
      } else if (name.matches("index/[^.]*[.]tsv")) {
        String id = parts[1].replace(".tsv", "");
        boolean isSealed = names.contains("index/" + id + ".json");
        boolean isRevoked = names.contains("backups/" + id + "/revoked");
        segments += !backups.contains(id) && (!isSealed || isRevoked) ? 1 : 0;
      } else if (name.matches("checks/.*-damaged.tsv")) {
        damaged++;
      } else if (name.matches("index/.*[.]merged[.]tsv")) {
        compactions++;
      } else if (name.startsWith("tmp/")) {
        probes++;
      }
    }
    // A run that was killed before its dump was stored leaves only what revokes it.
    return Map.of(
        "runs",
        runs.size(),
        "segments",
        segments,
        "damaged",
        damaged,
        "compactions",
        compactions,
        "probes",
        probes);
  }

  private void tenRuns(Path repository) throws Exception {
    complete(repository);

    lab.stack().data().addBlocks(3);
    complete(repository);

    String lost = lab.stack().data().referencedKeys().getFirst();
    Files.delete(repository.resolve("objects").resolve(lost));
    assertEquals(JobState.INCOMPLETE, verify(repository).state());
    complete(repository);

    lab.bucket().put(ORPHAN, "some bytes");
    complete(repository);
    lab.bucket().put(ORPHAN, "other bytes");
    complete(repository);

    lab.stack().data().addBlocks(3);
    lab.kill(repository, "after rename to OBJECT", 2);
    complete(repository);

    lab.kill(repository, "before rename to backup.json", 1);
    complete(repository);

    Backup interrupted = interrupt(repository);
    assertEquals(JobState.CANCELLED, interrupted.state(), interrupted::toString);
    complete(repository);

    segments(repository);
    complete(repository);
    oldRecords(repository);
    refusesToDelete(repository);
    segments(repository);
    complete(repository);
    refusesToDelete(repository);
  }

  /** A prune that may delete nothing says so, and leaves everything as it is. */
  private static void refusesToDelete(Path repository) throws IOException {
    List<String> backups = lab.visible(repository);
    Set<String> before = names(repository);
    JobResult pruned = prune(repository);
    assertEquals(JobState.COMPLETE, pruned.state(), pruned::toString);
    assertEquals(1, pruned.warnings().size(), pruned::toString);
    JobResult.Removed removed = pruned.removed().orElseThrow();
    assertEquals(0, removed.backups() + removed.records() + removed.objects(), pruned::toString);
    assertTrue(removed.refused() >= backups.size() - 2 + OLD_RECORDS, pruned::toString);
    assertEquals(backups, lab.visible(repository));
    Set<String> after = names(repository);
    assertTrue(after.containsAll(before));
    assertEquals(JobState.COMPLETE, verify(repository).state());

    // The next one writes nothing again but its own record.
    Map<String, FileTime> times = times(repository, after);
    prune(repository);
    Map<String, FileTime> again = times(repository, after);
    again.keySet().removeIf(name -> name.matches("lock|.*[.]unreferenced[.].*"));
    times.keySet().retainAll(again.keySet());
    assertEquals(times, again);
  }

  private static Map<String, FileTime> times(Path repository, Set<String> names)
      throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String name : names) {
      times.put(name, Files.getLastModifiedTime(repository.resolve(name)));
    }
    return times;
  }

  /** Adds records of runs that are old enough to be removed. */
  private static void oldRecords(Path repository) throws IOException {
    RunId id = new RunId("20200101T000000Z");
    for (int i = 0; i < 100; i++) {
      put(repository, "runs/" + id + ".json", "{}".getBytes(StandardCharsets.UTF_8));
      id = id.next();
    }
  }

  /** A run that is cancelled when its dump is stored already. */
  private static Backup interrupt(Path repository) {
    List<io.parsecbackup.backup.BackupService> service = new ArrayList<>();
    service.add(
        PlainCore.backups(
            repository,
            lab.environment(),
            new StableStorage(
                (java.util.function.Consumer<String>)
                    step -> {
                      if (step.equals("after rename to SHA256SUMS")) {
                        service
                            .getFirst()
                            .running()
                            .ifPresent(run -> run.cancel("a test asked for it"));
                      }
                    })));
    return service.getFirst().start(Trigger.CLI).execute().document();
  }

  /** Adds as many segments to the index as a compaction needs. They have nothing new. */
  private void segments(Path repository) throws IOException {
    byte[] segment =
        Files.readAllBytes(repository.resolve("index/" + published.getFirst() + ".tsv"));
    RunId id = new RunId(published.getLast());
    for (int i = 0; i < SEGMENTS; i++) {
      id = id.next();
      ObjectNode seal = JsonNodeFactory.instance.objectNode();
      seal.put("id", id.text());
      seal.put("kind", "adopt");
      seal.put("sha256", Sha256.of(segment));
      put(repository, "index/" + id + ".tsv", segment);
      put(repository, "index/" + id + ".json", SealedJson.seal(seal));
    }
  }

  /** Not as a file: some servers know no ETag of a file that they have not written. */
  private static void put(Path repository, String name, byte[] bytes) throws IOException {
    PlainCore.repository(repository).storage().put(NewFile.ifAbsent(name, Content.of(bytes)));
  }

  /** What the bucket lists. */
  private static Set<String> names(Path repository) throws IOException {
    Set<String> names = new TreeSet<>();
    PlainCore.repository(repository)
        .storage()
        .list("")
        .forEachRemaining(file -> names.add(file.name()));
    return names;
  }
}
