package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.backup.Backup;
import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.AgeKeys;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.ParsecStack;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RepositoryPlace;
import io.parsecbackup.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups whose dump is a folder of files: pg_dump's format {@code directory}. */
class FolderDumpTest {

  private static final Map<String, String> DIRECTORY =
      Map.of("PARSEC_BACKUP_DUMP_FORMAT", "directory", "PARSEC_BACKUP_RESTORE_JOBS", "2");

  private static final AgeKeys KEY = AgeKeys.create();

  @TempDir static Path scratch;

  private static CrashLab lab;
  private static Path open;
  private static Path encrypted;
  private static Map<String, String> identity = Map.of();

  @BeforeAll
  static void start() throws IOException {
    lab = CrashLab.start(ParsecData.Spec.of(6, 512), scratch);
    lab.stack().allowDatabases();
    identity = AgeKeys.identity(AgeKeys.file(scratch, KEY));
    open = lab.place();
    encrypted = lab.place();
    assertEquals(JobState.COMPLETE, backup(open, Map.of()).state());
    assertEquals(JobState.COMPLETE, backup(encrypted, AgeKeys.recipients(KEY)).state());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  private static Map<String, String> settings(Map<String, String> more) {
    return with(with(lab.environment(), DIRECTORY), more);
  }

  private static Backup backup(Path repository, Map<String, String> more) {
    return PlainCore.backups(repository, settings(more), new StableStorage())
        .start(Trigger.CLI)
        .execute()
        .document();
  }

  private static JobService jobs(Path repository, Map<String, String> more) {
    return PlainCore.jobs(repository, settings(more));
  }

  private static JobEnd<JobResult> verify(Path repository, Map<String, String> more) {
    return jobs(repository, more).verification("latest", Subset.ALL, Trigger.CLI).execute();
  }

  private static JobEnd<JobResult> restore(
      Path repository, ParsecStack.Target target, Map<String, String> more) {
    Map<String, String> into =
        Map.of("PARSEC_DB", target.databaseUri(), "PARSEC_BLOCKSTORE", target.blockstore());
    RestoreRequest all =
        new RestoreRequest(
            Optional.empty(), Optional.empty(), RestoreRequest.Part.ALL, false, false, false);
    return jobs(repository, with(into, more)).restore("latest", all, Trigger.CLI).execute();
  }

  private static Path folder(Path repository) {
    return repository.resolve("backups/" + lab.visible(repository).getLast());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static Path largest(Path repository) throws IOException {
    try (Stream<Path> files = Files.list(folder(repository).resolve("database"))) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("toc.dat"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  @Test
  void isAFolderOfFilesThatTheChecksumsName() throws Exception {
    for (Path repository : List.of(open, encrypted)) {
      String suffix = repository.equals(open) ? "" : ".age";
      Path folder = folder(repository);
      assertEquals(
          List.of("SHA256SUMS", "backup.json", "database", "references.tsv" + suffix, "rows.tsv"),
          names(folder));
      Backup.DumpFile dump =
          PlainCore.backups(repository, lab.environment(), new StableStorage())
              .catalog()
              .published()
              .getFirst()
              .dump()
              .orElseThrow();
      assertEquals("database", dump.file());
      assertEquals("directory", dump.format());
      assertEquals(!suffix.isEmpty(), dump.encrypted());
      SortedMap<String, String> digests = new TreeMap<>();
      long bytes = 0;
      for (String name : names(folder.resolve("database"))) {
        assertTrue(name.matches("(toc\\.dat|\\d+\\.dat\\.\\w+)" + suffix), name);
        digests.put(name, Sha256.of(folder.resolve("database").resolve(name)));
        bytes += Files.size(folder.resolve("database").resolve(name));
      }
      assertEquals(bytes, dump.bytes());
      assertEquals(Checksums.ofFolder(digests), dump.sha256());
      String sums = Files.readString(folder.resolve("SHA256SUMS"));
      digests.forEach((name, digest) ->
          assertTrue(
              sums.contains(digest + "  backups/" + folder.getFileName() + "/database/" + name)));
    }
  }

  @Test
  void isVerifiedDrilledAndRestored() throws Exception {
    for (Path repository : List.of(open, encrypted)) {
      JobEnd<JobResult> verified = verify(repository, identity);
      assertEquals(0, verified.exitCode(), verified::toString);
      assertEquals(List.of(), verified.document().warnings());
      JobResult drilled =
          jobs(repository, identity).drill("latest", Trigger.CLI).execute().document();
      assertEquals(JobState.COMPLETE, drilled.state(), drilled::toString);
      ParsecStack.Target target =
          lab.stack().targetOf(repository.equals(open) ? "open" : "encrypted");
      JobResult restored = restore(repository, target, identity).document();
      assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
      assertEquals(content(lab.stack().databaseUri()), content(target.databaseUri()));
      assertEquals(lab.bucket().list(), target.bucket().list());
    }
    JobEnd<JobResult> blind = verify(encrypted, Map.of());
    assertEquals(0, blind.exitCode(), blind::toString);
    assertTrue(blind.document().warnings().getFirst().contains("not their content"));
  }

  private static String content(String uri) throws Exception {
    return new Tool("pg_dump")
        .run("--dbname=" + uri)
        .lines()
        .filter(line -> !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void namesTheFileThatIsDamagedOrLost() throws Exception {
    for (Path source : List.of(open, encrypted)) {
      for (boolean isLost : new boolean[] {true, false}) {
        Path repository = lab.copy(source);
        Path file = largest(repository);
        if (isLost) {
          Files.delete(file);
        } else {
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length / 2] ^= 1;
          Files.write(file, bytes);
        }
        JobResult verified = verify(repository, identity).document();
        assertEquals(JobState.INCOMPLETE, verified.state(), verified::toString);
        assertEquals(1, verified.findings().size(), verified::toString);
        String named =
            "backups/" + lab.visible(repository).getLast() + "/database/" + file.getFileName();
        assertEquals(named, verified.findings().getFirst().key());
        assertEquals(isLost ? "lost" : "digest", verified.findings().getFirst().problem());
        ParsecStack.Target target = lab.stack().targetOf("damaged-" + System.nanoTime());
        JobEnd<JobResult> refused = restore(repository, target, identity);
        assertEquals(1, refused.exitCode(), refused::toString);
        assertTrue(refused.document().error().orElse("").contains(named), refused::toString);
      }
    }
  }

  @Test
  void isProvenByTheDocumentIfTheChecksumsAreLost() throws Exception {
    Path repository = lab.copy(open);
    Files.delete(folder(repository).resolve("SHA256SUMS"));
    ParsecStack.Target target = lab.stack().targetOf("without-sums");
    JobEnd<JobResult> restored = restore(repository, target, Map.of());
    assertEquals(3, restored.exitCode(), restored::toString);
    assertEquals(content(lab.stack().databaseUri()), content(target.databaseUri()));
    Files.write(largest(repository), new byte[] {1});
    JobResult verified = verify(repository, Map.of()).document();
    assertTrue(
        verified.findings().stream().anyMatch(found -> found.key().endsWith("/database")),
        verified::toString);
  }

  /** pg_restore would prefer a file without a suffix. */
  @Test
  void ignoresAFileThatNobodyPublished() throws Exception {
    Path repository = lab.copy(open);
    Path file = largest(repository);
    Files.writeString(
        file.resolveSibling(file.getFileName().toString().replaceFirst("\\.dat\\..*", ".dat")),
        "nothing of the kind");
    ParsecStack.Target target = lab.stack().targetOf("planted");
    JobResult restored = restore(repository, target, Map.of()).document();
    assertEquals(JobState.COMPLETE, restored.state(), restored::toString);
    assertEquals(content(lab.stack().databaseUri()), content(target.databaseUri()));
  }

  @Test
  void isCopiedAndRepairedAtTheCopy() throws Exception {
    Path repository = lab.copy(open);
    Path place = lab.place();
    assertEquals(0, copy(repository, place));
    assertEquals(names(folder(open).resolve("database")), names(folder(place).resolve("database")));
    Path file = largest(place);
    String digest = Sha256.of(file);
    Files.write(file, new byte[] {1});
    assertEquals(0, copy(repository, place));
    assertEquals(digest, Sha256.of(file));
    JobEnd<JobResult> verified = verify(place, Map.of());
    assertEquals(0, verified.exitCode(), verified::toString);
  }

  private static int copy(Path repository, Path place) {
    return PlainCore.copies(repository, RepositoryPlace.setting(place), new StableStorage())
        .start(Trigger.CLI)
        .execute()
        .exitCode();
  }

  @Test
  void isRemovedByAPrune() throws Exception {
    Path repository = lab.copy(open);
    Path old = folder(repository);
    assertEquals(JobState.COMPLETE, backup(repository, Map.of()).state());
    assertEquals(
        0,
        PlainCore.prunes(repository, new PlainCore.Retention("1", "keep"), new StableStorage())
            .start(false, Trigger.CLI)
            .execute()
            .exitCode());
    assertFalse(Files.exists(old));
    JobEnd<JobResult> verified = verify(repository, Map.of());
    assertEquals(0, verified.exitCode(), verified::toString);
  }

  @Test
  void isAdopted() throws Exception {
    Path handMade = scratch.resolve("by-hand");
    new Tool("pg_dump")
        .run(
            "--dbname=" + lab.stack().databaseUri(),
            "--format=directory",
            "--jobs=2",
            "--file=" + handMade);
    for (Map<String, String> keys : List.of(Map.<String, String>of(), AgeKeys.recipients(KEY))) {
      Path repository = lab.place();
      assertEquals(JobState.COMPLETE, backup(repository, keys).state());
      JobResult adopted =
          PlainCore.adopt(PlainCore.adoption(repository, settings(keys)), Optional.of(handMade));
      assertEquals(JobState.COMPLETE, adopted.state(), adopted::toString);
      assertEquals(2, lab.visible(repository).size());
      assertEquals(
          names(handMade).stream().map(name -> keys.isEmpty() ? name : name + ".age").toList(),
          names(folder(repository).resolve("database")));
      JobEnd<JobResult> verified = verify(repository, identity);
      assertEquals(0, verified.exitCode(), verified::toString);
      JobResult drilled =
          jobs(repository, identity).drill("latest", Trigger.CLI).execute().document();
      assertEquals(JobState.COMPLETE, drilled.state(), drilled::toString);
    }
  }
}
