package io.parsecbackup.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobEnd;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.objectstore.s3.TransferConfig;
import io.parsecbackup.parsec.RaidMode;
import io.parsecbackup.repository.storage.folder.StableStorage;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A backup contains whole blocks from a RAID's nodes, with the same proof as for a single bucket.
 */
class RaidBackupTest {

  private static final int OBJECTS = 20;

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static FaultyProxy proxy;
  private static int raids;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 5_001), scratch);
    // One node of each RAID is behind this proxy, which a test can close.
    proxy = FaultyProxy.before(lab.stack().s3().endpoint());
  }

  @AfterEach
  void forget() {
    proxy.reset();
  }

  @AfterAll
  static void stop() {
    proxy.close();
    lab.close();
  }

  /** A RAID with all blocks, as the Parsec server would have stored them. */
  private record Raid(RaidMode mode, List<S3Bucket> nodes) {

    static Raid of(RaidMode mode, int count) {
      int raid = ++raids;
      Raid made =
          new Raid(
              mode,
              IntStream.range(0, count)
                  .mapToObj(node ->
                      lab.stack()
                          .s3()
                          .bucket(
                              "%s-%d-%d"
                                  .formatted(mode.name().toLowerCase(Locale.ROOT), raid, node)))
                  .toList());
      for (String key : lab.bucket().list()) {
        made.put(key, lab.bucket().get(key).orElseThrow());
      }
      return made;
    }

    void put(String key, byte[] block) {
      switch (mode) {
        case RAID0 -> nodes.get(RaidBlocks.node(key, nodes.size())).put(key, block);
        case RAID1 -> nodes.forEach(node -> node.put(key, block));
        case RAID5 -> {
          byte[][] chunks = RaidBlocks.chunks(block, nodes.size());
          for (int node = 0; node < chunks.length; node++) {
            nodes.get(node).put(key, chunks[node]);
          }
        }
      }
    }

    /** {@code PARSEC_BLOCKSTORE}, with one node behind the proxy. */
    String blockstore(int behindProxy) {
      List<String> places = new ArrayList<>();
      for (int node = 0; node < nodes.size(); node++) {
        String place =
            node == behindProxy
                ? lab.stack().blockstore(proxy.endpoint().toString())
                : lab.stack().blockstore();
        places.add(
            mode
                + ":"
                + node
                + ":"
                + place.replace(
                    ":" + lab.bucket().name() + ":", ":" + nodes.get(node).name() + ":"));
      }
      return String.join(" ", places);
    }
  }

  private static Backup backup(
      Path repository, Raid raid, int behindProxy, TransferConfig.Strategy by) {
    Map<String, String> environment = new HashMap<>(lab.environment());
    environment.put("PARSEC_BLOCKSTORE", raid.blockstore(behindProxy));
    BackupService backups =
        PlainCore.backups(
            repository,
            environment,
            new StableStorage(),
            PlainCore.Limits.USUAL,
            by == TransferConfig.Strategy.LISTING
                ? PlainCore.Sync.LISTING
                : PlainCore.Sync.REFERENCES,
            Clock.systemUTC());
    return backups.start(Trigger.CLI).execute().document();
  }

  private static void assertHoldsAll(Path repository) throws IOException {
    for (String key : lab.bucket().list()) {
      assertArrayEquals(
          lab.bucket().get(key).orElseThrow(),
          Files.readAllBytes(repository.resolve("objects").resolve(key)),
          key);
    }
  }

  @ParameterizedTest
  @CsvSource({"RAID0,3", "RAID1,2", "RAID5,3", "RAID5,5"})
  void containsWholeBlocksAndFetchesThemOnce(RaidMode mode, int count) throws IOException {
    Raid raid = Raid.of(mode, count);
    for (TransferConfig.Strategy strategy : TransferConfig.Strategy.values()) {
      Path repository = lab.place();
      Backup first = backup(repository, raid, 0, strategy);
      assertEquals(JobState.COMPLETE, first.state(), first::toString);
      assertEquals(OBJECTS, first.objects().orElseThrow().copied());
      assertHoldsAll(repository);
      Backup second = backup(repository, raid, 0, strategy);
      assertEquals(JobState.COMPLETE, second.state(), second::toString);
      assertEquals(0, second.objects().orElseThrow().copied(), second::toString);
      assertEquals(OBJECTS, second.objects().orElseThrow().skipped());
      Backup listed = backup(repository, raid, 0, TransferConfig.Strategy.LISTING);
      assertEquals(0, listed.objects().orElseThrow().copied(), listed::toString);
      assertEquals(0, listed.objects().orElseThrow().conflicts());
    }
  }

  @ParameterizedTest
  @CsvSource({"RAID1,2", "RAID1,3", "RAID5,3", "RAID5,4"})
  void succeedsIfAnyOneNodeIsMissing(RaidMode mode, int count) throws IOException {
    Raid raid = Raid.of(mode, count);
    for (int dead = 0; dead < count; dead++) {
      for (TransferConfig.Strategy strategy : TransferConfig.Strategy.values()) {
        Path repository = lab.place();
        // A new repository is bound only if all nodes are reachable.
        Path prepared = bound(repository, raid);
        proxy.when(request -> true, Fault.status(403));
        Backup backup = backup(prepared, raid, dead, strategy);
        proxy.reset();
        assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
        assertTrue(
            backup.warnings().stream().anyMatch(warning -> warning.contains("RAID"))
                || dead == count - 1,
            backup::toString);
        assertEquals(
            mode == RaidMode.RAID5 && dead < count - 1,
            backup.warnings().stream()
                .anyMatch(warning ->
                    warning.contains("server cannot read")
                        && warning.contains("restore --only objects --replace")),
            backup::toString);
        assertHoldsAll(prepared);
      }
    }
  }

  /** Archived objects, as a lifecycle rule archives them: sorted, so they follow each other. */
  @Test
  void isPublishedWithTheNamesOfAllArchivedObjects() throws IOException {
    List<String> keys = List.copyOf(lab.bucket().list());
    List<String> archived = keys.subList(0, 15);
    proxy.when(
        request -> request.kind() == Kind.GET_OBJECT && archived.contains(request.key()),
        new Fault.Answer(S3Response.error(403, "InvalidObjectState")));
    Path repository = lab.place();
    BackupService backups =
        PlainCore.backups(
            repository, lab.stack().environment(proxy.endpoint().toString()), new StableStorage());
    JobEnd<Backup> result = backups.start(Trigger.CLI).execute();
    assertEquals(JobState.INCOMPLETE, result.document().state(), result::toString);
    assertEquals(3, result.exitCode());
    assertEquals(OBJECTS - 15, result.document().objects().orElseThrow().copied());
    assertEquals(15, result.document().objects().orElseThrow().failed());
    Path published = repository.resolve("backups").resolve(result.document().id());
    assertTrue(Files.size(published.resolve("database.dump")) > 0);
    assertEquals(
        archived,
        Files.readAllLines(published.resolve("missing.txt")).stream()
            .map(line -> line.split("\t", 2)[0])
            .toList());
  }

  /** A repository that is bound to the RAID and has no objects yet. */
  private static Path bound(Path repository, Raid raid) throws IOException {
    backup(repository, raid, 0, TransferConfig.Strategy.REFERENCES);
    for (String folder : List.of("objects", "backups", "index", "runs")) {
      try (var files = Files.walk(repository.resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
    }
    return repository;
  }

  @Test
  void isIncompleteIfRaid0HasLostAnUpload() throws IOException {
    Raid raid = Raid.of(RaidMode.RAID0, 2);
    String lost = lab.bucket().list().first();
    raid.nodes().get(RaidBlocks.node(lost, 2)).delete(lost);
    Path repository = lab.place();
    Backup backup = backup(repository, raid, 0, TransferConfig.Strategy.REFERENCES);
    assertEquals(JobState.INCOMPLETE, backup.state(), backup::toString);
    assertEquals(1, backup.objects().orElseThrow().missing());
    assertEquals(OBJECTS - 1, backup.objects().orElseThrow().copied());
    String missing =
        Files.readString(repository.resolve("backups").resolve(backup.id()).resolve("missing.txt"));
    assertTrue(missing.startsWith(lost + "\t"), missing);
  }

  @Test
  void keepsBothCopiesOfRaid1IfTheyDifferAndWarns() throws IOException {
    Raid raid = Raid.of(RaidMode.RAID1, 2);
    String key = lab.bucket().list().first();
    byte[] other = new byte[lab.bucket().get(key).orElseThrow().length];
    new Random(1).nextBytes(other);
    raid.nodes().get(1).put(key, other);
    String cutOff = lab.bucket().list().last();
    raid.nodes().getFirst().put(cutOff, "cut off");
    Path repository = lab.place();
    Backup backup = backup(repository, raid, 0, TransferConfig.Strategy.REFERENCES);
    assertEquals(JobState.COMPLETE, backup.state(), backup::toString);
    assertEquals(1, backup.objects().orElseThrow().conflicts());
    assertTrue(
        backup.warnings().stream().anyMatch(warning -> warning.contains("conflicts/")),
        backup::toString);
    assertHoldsAll(repository);
    Path kept = repository.resolve("conflicts").resolve(key).resolve(FileFacts.sha256(other));
    assertArrayEquals(other, Files.readAllBytes(kept));
  }
}
