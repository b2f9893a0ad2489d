package io.parsecbackup.backup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Problem;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.RepositoryProof;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a power cut damaged before they were flushed, and two processes in one repository. */
class CrashedRepositoryTest {

  @TempDir static Path scratch;
  private static CrashLab lab;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(40, 2048), scratch);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @Test
  void fetchesExactlyWhatThePowerCutDamaged() throws Exception {
    Path repository = lab.place();
    lab.recover(repository);
    List<String> added = lab.stack().data().addBlocks(20);
    lab.kill(repository, "before flush of the file system", 1);
    Path run = onlyFile(repository.resolve("tmp"));
    Path objects = repository.resolve("objects");
    List<RepositoryProof.Line> journal = RepositoryProof.lines(run.resolve("journal.tsv"));
    assertEquals(20, journal.size());

    // Renamed but never flushed: empty, truncated, zeros, or the old name.
    Files.write(objects.resolve(added.get(0)), new byte[0]);
    truncate(objects.resolve(added.get(1)), 1000);
    Files.write(objects.resolve(added.get(2)), new byte[2048]);
    Files.delete(objects.resolve(added.get(3)));
    // The journal ends in the middle of a line, followed by zeros.
    truncate(run.resolve("journal.tsv"), Files.size(run.resolve("journal.tsv")) - 20);
    Files.write(run.resolve("journal.tsv"), new byte[700], StandardOpenOption.APPEND);
    // The files of the unfinished backup.
    Path backup = repository.resolve("backups").resolve(run.getFileName());
    truncate(backup.resolve("database.dump"), 10);
    Files.write(backup.resolve("SHA256SUMS"), new byte[0]);
    Files.write(run.resolve("part-7"), new byte[99]);
    Files.write(run.resolve("backup.json"), new byte[99]);
    Files.write(repository.resolve("runs").resolve(run.getFileName() + ".json"), new byte[40]);

    List<String> toFetch = new RepositoryProof(repository).toFetch(lab.bucket());
    String unknown = journal.getLast().key();
    assertEquals(
        Stream.concat(added.stream().limit(4), Stream.of(unknown)).distinct().sorted().toList(),
        toFetch);
    assertEquals(1, lab.visible(repository).size());
    assertEquals(0, lab.recover(repository).objects().orElseThrow().conflicts());
  }

  /** The index of an old backup has the same key; the run in between recovers and fails. */
  @Test
  void stillFetchesEverythingAgainIfTheNextRunFailsToo() throws Exception {
    Path repository = lab.place();
    lab.recover(repository);
    String key = lab.stack().data().referencedKeys().getFirst();
    Path object = repository.resolve("objects").resolve(key);
    Files.delete(object);
    lab.kill(repository, "before flush of the file system", 1);
    Files.write(object, new byte[2048]);

    lab.proxy().reset();
    lab.proxy().when(S3Request.Kind.LIST, Fault.status(403));
    assertEquals(JobState.FAILED, lab.backup(repository).state());
    lab.proxy().reset();

    Backup backup = lab.backup(repository);
    assertEquals(JobState.COMPLETE, backup.state());
    assertEquals(List.of(key), lab.proxy().fetched());
    assertEquals(0, backup.objects().orElseThrow().conflicts());
    lab.recover(repository);
  }

  @Test
  void fetchesEverythingAgainIfTheJournalIsGone() throws Exception {
    Path repository = lab.place();
    lab.kill(repository, "before flush of the file system", 1);
    Files.delete(onlyFile(repository.resolve("tmp")).resolve("journal.tsv"));
    assertEquals(lab.bucket().size(), new RepositoryProof(repository).toFetch(lab.bucket()).size());
    assertEquals(0, lab.recover(repository).objects().orElseThrow().conflicts());
  }

  @Test
  void reusesWhatSeveralDeadRunsCopied() throws Exception {
    Path repository = lab.place();
    for (int run = 1; run <= 3; run++) {
      lab.kill(repository, "after rename to OBJECT", 9);
    }
    int left = new RepositoryProof(repository).toFetch(lab.bucket()).size();
    assertTrue(left <= lab.bucket().size() - 27, () -> left + " objects are still to be fetched");
    lab.recover(repository);
  }

  @Test
  void refusesASecondProcessWhileOneIsRunning() throws Exception {
    Path repository = lab.place();
    lab.recover(repository);
    RepositoryProof proof = new RepositoryProof(repository);
    lab.proxy().reset();
    lab.proxy().when(S3Request.Kind.LIST, new Fault.Hang());
    try (Victim first = lab.start(repository, "never", 1, Map.of())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lab.proxy().count(S3Request.Kind.LIST) > 0);
      Map<String, String> before = proof.everything();

      try (Victim second = lab.start(repository, "never", 1, Map.of())) {
        assertEquals(4, second.exitCode(), second::output);
        assertTrue(second.output().contains("another run holds the repository"), second::output);
      }
      Problem held =
          assertThrows(Problem.class, () -> lab.core(repository, step -> {}).start(Trigger.CLI));
      assertEquals(Problem.Kind.HELD, held.kind());
      assertEquals(before, proof.everything());
      assertTrue(first.isAlive());

      first.kill();
      assertEquals(Victim.KILLED, first.exitCode());
      // No waiting: the lock ended with the process.
      lab.recover(repository);
      first.awaitNoSurvivors();
    }
  }

  /** Killed at the worst moment, then failing, then undisturbed. */
  @Test
  void eventuallyCompactsAnIndexOfManySegmentsAndPublishesEachBackup() throws Exception {
    Path place = lab.place();
    lab.backup(place);
    addSegments(place, 32);
    Files.delete(place.resolve("objects").resolve(lab.bucket().list().first()));
    lab.kill(place, "before rename to ID.merged.json", 1);
    assertEquals(2, lab.visible(place).size());
    assertEquals(JobState.COMPLETE, failing(place).state());
    assertEquals(1, compactions(place).size());

    Backup backup = lab.backup(place);
    assertEquals(
        List.of(backup.id() + ".merged.json", backup.id() + ".merged.tsv"), compactions(place));
    // Without any segment that was merged into it.
    for (String id : lab.visible(place)) {
      Files.delete(place.resolve("index").resolve(id + ".tsv"));
    }
    lab.proxy().reset();
    assertEquals(JobState.COMPLETE, lab.backup(place).state());
    assertEquals(List.of(), lab.proxy().fetched());
  }

  private static Backup failing(Path place) {
    return lab.run(
            place,
            step -> {
              if (step.endsWith(".merged.tsv") && step.startsWith("before rename")) {
                throw new IllegalStateException("the disk is gone");
              }
            })
        .document();
  }

  /** Segments as left by this many adoptions of one object each. */
  private static void addSegments(Path place, int segments) throws IOException {
    Path index = place.resolve("index");
    Path segment = index.resolve(lab.visible(place).getFirst() + ".tsv");
    List<String> lines = Files.readAllLines(segment).subList(0, 2);
    for (int i = 0; i < segments; i++) {
      RunId id = RunId.at(Instant.EPOCH.plusSeconds(i));
      Path copy = Files.write(index.resolve(id + ".tsv"), lines);
      ObjectNode seal = JsonNodeFactory.instance.objectNode();
      seal.put("id", id.text());
      seal.put("sha256", Sha256.of(copy));
      Files.write(index.resolve(id + ".json"), SealedJson.seal(seal));
    }
  }

  private static List<String> compactions(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place.resolve("index"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains(".merged."))
          .sorted()
          .toList();
    }
  }

  private static void truncate(Path file, long size) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) size));
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all::toString);
      return all.getFirst();
    }
  }
}
