package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.DocumentedCommands;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes backups in a row while clients write, and reads them back by the documented format only.
 */
@Timeout(300)
class FiftyBackupsTest {

  private static final int BACKUPS = 50;

  /** Uploads permitted at each backup's start; each step of the backup permits one more. */
  private static final int AT_ITS_START = 16;

  private static final PlainCore.Sync COMPARED =
      new PlainCore.Sync(PlainCore.Sync.REFERENCES.strategy(), Optional.of(Duration.ZERO));

  private static final List<String> NOT_INDEXED = Collections.nCopies(6, "not in the index");

  @TempDir Path scratch;

  @Test
  void areAllCompleteAndCorrectWhileClientsWrite() throws Exception {
    try (CrashLab lab = CrashLab.start(ParsecData.Spec.of(10, 512), scratch)) {
      Path repository = lab.place();
      Map<String, String> written = new TreeMap<>();
      long orphans = 0;
      try (BlockWriters writers = new BlockWriters(lab.stack(), 1)) {
        for (int i = 0; i < BACKUPS; i++) {
          Backup backup = backup(lab, repository, writers, sync(i));
          assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
          Backup.ObjectCounts objects = backup.objects().orElseThrow();
          assertEquals(i % 2 == 0 ? "listing" : "references", objects.strategy());
          orphans = Math.max(orphans, objects.orphans().orElse(0L));
        }
        written.putAll(writers.rows());
      }
      lab.stack()
          .data()
          .referencedKeys()
          .forEach(key -> written.computeIfAbsent(key, k -> sha256(lab, k)));
      int conflicts = verify(repository, written);
      theDocumentedCommandsProveTheSame(repository);
      assertTrue(orphans > 5, "too few orphans: " + orphans);
      assertTrue(conflicts > 20, "too few first tries were displaced: " + conflicts);
      assertTrue(written.size() > 200, "too few blocks: " + written.size());
    }
  }

  /** The digest of a block from before the writers. */
  private static String sha256(CrashLab lab, String key) {
    return FileFacts.sha256(lab.bucket().get(key).orElseThrow());
  }

  private static PlainCore.Sync sync(int backup) {
    return backup % 2 == 0
        ? PlainCore.Sync.LISTING
        : backup % 4 == 1 ? PlainCore.Sync.REFERENCES : COMPARED;
  }

  private static Backup backup(
      CrashLab lab, Path repository, BlockWriters writers, PlainCore.Sync sync) {
    writers.allow(AT_ITS_START);
    BackupService backups =
        PlainCore.backups(
            repository,
            lab.environment(),
            new StableStorage(step -> writers.allow(step.startsWith("before") ? 1 : 0)),
            PlainCore.Limits.USUAL,
            sync,
            Clock.systemUTC());
    return backups.start(Trigger.CLI).execute().document();
  }

  /** Returns how many first tries were displaced. */
  private static int verify(Path repository, Map<String, String> written) throws Exception {
    RepositoryProof proof = new RepositoryProof(repository);
    proof.allAreWhole();
    List<String> ids = proof.backups();
    assertEquals(BACKUPS, ids.size());
    Map<String, List<String>> index = new TreeMap<>();
    for (int i = 0; i < BACKUPS; i++) {
      String id = ids.get(i);
      Map<String, Long> references = references(repository, id);
      assertEquals(blocksOfDump(repository, id), blocks(references.keySet()), id);
      Set<String> brought = new HashSet<>();
      for (List<String> entry : records(repository.resolve("index/" + id + ".tsv"))) {
        index.put(entry.getFirst(), entry);
        brought.add(entry.getFirst());
      }
      if (i % 2 == 1) {
        assertTrue(references.keySet().containsAll(brought), id + " holds what nothing refers to");
      }
      for (Map.Entry<String, Long> reference : references.entrySet()) {
        List<String> entry = index.getOrDefault(reference.getKey(), NOT_INDEXED);
        assertEquals(
            List.of(reference.getValue().toString(), written.get(reference.getKey()), "covered"),
            List.of(entry.get(1), entry.get(2), entry.get(5)),
            () -> id + " " + reference);
      }
    }
    // A final object's bytes are in its own place.
    for (List<String> entry : index.values()) {
      if (entry.get(5).equals("covered")) {
        Path file = repository.resolve("objects").resolve(entry.getFirst());
        assertEquals(entry.get(2), FileFacts.sha256(file), entry::getFirst);
      }
    }
    try (var files = Files.walk(repository.resolve("conflicts"))) {
      return (int) files.filter(Files::isRegularFile).count();
    }
  }

  /** The commands in docs/repository.md print nothing if everything is correct. */
  private void theDocumentedCommandsProveTheSame(Path repository) throws Exception {
    String newest = new RepositoryProof(repository).backups().getLast();
    String proof =
        DocumentedCommands.under("repository.md", "References, and the proof")
            .replace("<id>", newest);
    assertEquals("", shell(repository, proof));
    String compaction = DocumentedCommands.under("repository.md", "Compactions");
    String digest = shell(repository, compaction).split(" ", 2)[0];
    try (var files = Files.list(repository.resolve("index"))) {
      Path seal =
          files.filter(file -> file.toString().endsWith(".merged.json")).toList().getFirst();
      assertTrue(Files.readString(seal).contains('"' + digest + '"'), digest);
    }

    // Commands that could find nothing would prove nothing.
    Path segment = repository.resolve("index/" + newest + ".tsv");
    String whole = Files.readString(segment);
    Files.writeString(segment, whole.replace("\tcovered\t", "\topen\t"));
    long uncovered = whole.lines().filter(line -> line.contains("\tcovered\t")).count();
    assertTrue(uncovered > 0, whole);
    assertEquals(uncovered, shell(repository, proof).lines().count());
    Files.writeString(segment, whole);
  }

  private String shell(Path repository, String commands) throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-e", "-c", commands.replace("/tmp/", scratch + "/"))
            .directory(repository.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, shell.waitFor(), output);
    return output;
  }

  private static Map<String, Long> references(Path repository, String id) throws IOException {
    Map<String, Long> references = new TreeMap<>();
    for (String line :
        Files.readAllLines(repository.resolve("backups/" + id + "/references.tsv"))) {
      String[] columns = line.split("\t", -1);
      assertEquals(null, references.put(columns[0], Long.parseLong(columns[1])), line);
    }
    return references;
  }

  private static List<List<String>> records(Path segment) throws IOException {
    return Files.readAllLines(segment).stream()
        .skip(1)
        .map(line -> List.of(line.split("\t", -1)))
        .toList();
  }

  private static Set<String> blocks(Set<String> keys) {
    return keys.stream()
        .map(key -> key.substring(key.indexOf('/') + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The block ids in the dump's own table. */
  private static Set<String> blocksOfDump(Path repository, String id) throws Exception {
    Process restore =
        new ProcessBuilder(
                "pg_restore",
                "--data-only",
                "--table=block",
                "--file=-",
                repository.resolve("backups/" + id + "/database.dump").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Set<String> blocks =
        restore
            .inputReader()
            .lines()
            .filter(line -> line.matches("[0-9]+\t[0-9a-f-]{36}\t.*"))
            .map(line -> line.split("\t", -1)[1])
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(0, restore.waitFor());
    return blocks;
  }
}
