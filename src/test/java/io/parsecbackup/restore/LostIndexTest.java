package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.backup.adopt.Adoption;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository can lose everything but its objects: an adoption indexes them again. */
class LostIndexTest {

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static Path prepared;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(9, 700), scratch);
    prepared = lab.place();
    lab.backup(prepared);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static JobResult adopt(Path repository, Map<String, String> source) {
    Adoption adoption = PlainCore.adoption(repository, source);
    return PlainCore.adopt(adoption, Optional.empty());
  }

  private static JobResult verify(Path repository) {
    JobService jobs = PlainCore.jobs(repository, lab.environment());
    return jobs.verification("latest", Subset.ALL, Trigger.CLI).execute().document();
  }

  private static Map<String, String> of(ParsecStack.Target target) {
    return Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore());
  }

  @Test
  void restoresEveryObjectAfterIndexAndBucketAreGone() throws Exception {
    Path repository = lab.copy(prepared);
    Files.move(repository.resolve("index"), lab.place());
    ParsecStack.Target empty = lab.stack().target("gone-new");
    JobResult adopted = adopt(repository, of(empty));
    assertEquals(JobState.COMPLETE, adopted.state(), adopted.toString());
    assertEquals(List.of(), adopted.findings());
    assertEquals(lab.bucket().size(), adopted.checked().objects());
    assertEquals(9 * 700, adopted.checked().bytes());

    JobResult verified = verify(repository);
    assertEquals(lab.bucket().size(), verified.checked().objects());
    assertEquals(
        Set.of("index/" + lab.visible(prepared).getLast() + ".tsv"),
        verified.findings().stream().map(JobResult.Finding::key).collect(Collectors.toSet()));

    JobService jobs = PlainCore.jobs(repository, of(empty));
    RestoreRequest objects =
        new RestoreRequest(
            Optional.empty(), Optional.empty(), RestoreRequest.Part.OBJECTS, false, false, false);
    JobResult restored = jobs.restore("latest", objects, Trigger.CLI).execute().document();
    assertEquals(lab.bucket().size(), restored.checked().objects(), restored.toString());
    for (String key : lab.bucket().list()) {
      assertArrayEquals(
          lab.bucket().get(key).orElseThrow(), empty.bucket().get(key).orElseThrow(), key);
    }
    // A second adoption has nothing to do.
    JobResult again = adopt(repository, of(empty));
    assertEquals(0, again.checked().objects());
  }

  @Test
  void keepsObjectsThatDifferFromTheListingUntilABackupComparesThem() throws Exception {
    Path repository = lab.copy(prepared);
    for (String name : List.of("index", "backups", "runs")) {
      Files.move(repository.resolve(name), lab.place());
    }
    Files.delete(repository.resolve("parsec-backup.json"));
    String key = lab.bucket().list().first();
    Path differing = repository.resolve("objects").resolve(key);
    Files.writeString(differing, "other bytes");
    Files.writeString(repository.resolve("objects/unlisted"), "of another hand");
    JobResult adopted = adopt(repository, lab.environment());
    assertEquals(List.of(key), adopted.findings().stream().map(JobResult.Finding::key).toList());
    // All except the one that differs and the one that the bucket does not list.
    assertEquals(lab.bucket().size(), adopted.checked().objects());
    String segment = Files.readString(repository.resolve("index/" + adopted.id() + ".tsv"));
    assertEquals(1 + lab.bucket().size() + 1, segment.lines().count(), segment);
    assertTrue(segment.contains(key + "\t11\t"), segment);

    lab.proxy().reset();
    Backup backup = lab.backup(repository);
    assertEquals(JobState.COMPLETE, backup.state(), backup.toString());
    assertEquals(List.of(key), lab.proxy().fetched());
    assertEquals(1, backup.objects().orElseThrow().conflicts());
    JobResult verified = verify(repository);
    assertEquals(JobState.COMPLETE, verified.state(), verified.toString());
    assertEquals(lab.bucket().size() + 1, verified.checked().objects());
  }

  /** An object that was copied after its row existed is final, whatever the bucket lists later. */
  @Test
  void keepsTheRecordOfAnObjectThatWasReplacedInTheBucket() throws Exception {
    Path repository = lab.copy(prepared);
    String key = lab.bucket().list().last();
    byte[] bytes = lab.bucket().get(key).orElseThrow();
    String index = index(repository);
    lab.bucket().put(key, new byte[bytes.length]);
    try {
      JobResult adopted = adopt(repository, lab.environment());
      assertEquals(key, adopted.findings().getFirst().key());
      assertEquals(index, index(repository));
    } finally {
      lab.bucket().put(key, bytes);
    }
  }

  /** The records of all segments, without headers. */
  private static String index(Path repository) throws Exception {
    try (var files = Files.list(repository.resolve("index"))) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(file -> file.toString().endsWith(".tsv")).sorted().toList()) {
        Files.readString(file).lines().skip(1).forEach(line -> all.append(line).append('\n'));
      }
      return all.toString();
    }
  }
}
