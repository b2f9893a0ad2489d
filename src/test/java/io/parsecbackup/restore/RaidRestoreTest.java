package io.parsecbackup.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.job.JobResult;
import io.parsecbackup.job.JobState;
import io.parsecbackup.job.Trigger;
import io.parsecbackup.testing.CrashLab;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.ParsecData;
import io.parsecbackup.testing.PlainCore;
import io.parsecbackup.testing.RaidBlocks;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup of one bucket is restored to a RAID, and is read there as a Parsec server would read it.
 */
class RaidRestoreTest {

  private static final int OBJECTS = 24;

  @TempDir static Path scratch;
  private static CrashLab lab;
  private static FaultyProxy proxy;
  private static Path repository;

  @BeforeAll
  static void start() {
    lab = CrashLab.start(ParsecData.Spec.of(OBJECTS, 5_000), scratch);
    proxy = FaultyProxy.before(lab.stack().s3().endpoint());
    repository = lab.place();
    lab.backup(repository);
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

  /** The RAID mode can be in lower or upper case. */
  private static String name(String raid, int nodes, int node) {
    return raid.toLowerCase(Locale.ROOT) + "-of-" + nodes + "-" + node;
  }

  private static List<S3Bucket> buckets(String raid, int nodes) {
    return IntStream.range(0, nodes)
        .mapToObj(node -> lab.stack().s3().bucket(name(raid, nodes, node)))
        .toList();
  }

  private static JobResult restore(String raid, int nodes, boolean replace, boolean dryRun) {
    return restore(repository, raid, nodes, replace, dryRun);
  }

  private static JobResult restore(
      Path from, String raid, int nodes, boolean replace, boolean dryRun) {
    String source = lab.stack().blockstore(proxy.endpoint().toString());
    List<String> places = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      places.add(
          raid
              + ":"
              + node
              + ":"
              + source.replace(
                  ":" + lab.bucket().name() + ":", ":" + name(raid, nodes, node) + ":"));
    }
    Map<String, String> environment = new HashMap<>(lab.environment());
    environment.put("PARSEC_BLOCKSTORE", String.join(" ", places));
    JobService jobs = PlainCore.jobs(from, environment);
    RestoreRequest request =
        new RestoreRequest(
            Optional.empty(),
            Optional.empty(),
            RestoreRequest.Part.OBJECTS,
            replace,
            dryRun,
            false);
    return jobs.restore("latest", request, Trigger.CLI).execute().document();
  }

  private static void assertDone(JobResult result) {
    assertEquals(JobState.COMPLETE, result.state(), result.toString());
  }

  private static void assertRaid5(List<S3Bucket> nodes) {
    assertEquals(OBJECTS, lab.bucket().size());
    for (String key : lab.bucket().list()) {
      assertArrayEquals(
          lab.bucket().get(key).orElseThrow(),
          RaidBlocks.joined(nodes.stream().map(node -> node.get(key).orElseThrow()).toList()),
          key);
    }
    nodes.forEach(node -> assertEquals(OBJECTS, node.size()));
  }

  @Test
  void putsEachObjectOnItsNodeOfRaid0() {
    assertDone(restore("RAID0", 3, false, false));
    List<S3Bucket> nodes = buckets("RAID0", 3);
    for (String key : lab.bucket().list()) {
      assertArrayEquals(
          lab.bucket().get(key).orElseThrow(),
          nodes.get(RaidBlocks.node(key, 3)).get(key).orElseThrow(),
          key);
    }
    assertEquals(OBJECTS, nodes.stream().mapToInt(S3Bucket::size).sum());
  }

  @Test
  void putsACopyOnEveryNodeOfRaid1AndReplacesOnlyWhenAsked() {
    List<S3Bucket> nodes = buckets("RAID1", 2);
    String key = lab.bucket().list().first();
    nodes.get(1).put(key, "theirs");

    JobResult result = restore("RAID1", 2, false, false);
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals(2 * OBJECTS - 1, result.checked().objects());
    JobResult.Finding finding = result.findings().getFirst();
    assertEquals(key, finding.key());
    assertTrue(
        finding.found().startsWith("node 1 of RAID1, bucket raid1-of-2-1: 6 bytes"),
        finding::found);

    assertDone(restore("RAID1", 2, true, false));
    for (S3Bucket node : nodes) {
      assertEquals(OBJECTS, node.size());
      for (String each : lab.bucket().list()) {
        assertArrayEquals(lab.bucket().get(each).orElseThrow(), node.get(each).orElseThrow(), each);
      }
    }
  }

  @Test
  void splitsObjectsIntoChunksOfRaid5AndReportsEachNode() {
    JobResult dry = restore("RAID5", 4, false, true);
    assertTrue(
        dry.done()
            .contains(
                "node 3 of RAID5, bucket raid5-of-4-3: the bucket raid5-of-4-3 would be created"),
        dry.done()::toString);

    JobResult result = restore("RAID5", 4, false, false);
    assertDone(result);
    assertRaid5(buckets("RAID5", 4));
    assertEquals(4 * OBJECTS, result.checked().objects());
    assertTrue(
        result.done().stream()
            .anyMatch(line ->
                line.startsWith("node 2 of RAID5, bucket raid5-of-4-2: " + OBJECTS + " objects (")),
        result.done()::toString);
  }

  @Test
  void uploadsOnlyTheRestAfterANodeHasFailed() {
    String raid = "RaId5";
    List<S3Bucket> nodes = buckets(raid, 3);
    AtomicInteger puts = new AtomicInteger();
    proxy.when(
        request ->
            request.kind() == Kind.PUT_OBJECT
                && request.bucket().equals(name(raid, 3, 1))
                && request.header("If-None-Match").isEmpty()
                && puts.incrementAndGet() > 10,
        Fault.status(403));
    nodes.forEach(S3Bucket::clear);

    JobResult failed = restore(raid, 3, false, false);
    assertEquals(JobState.FAILED, failed.state(), failed.toString());
    String error = failed.error().orElse("");
    assertTrue(error.startsWith("node 1 of RAID5, bucket raid5-of-3-1: "), error);
    assertTrue(error.contains("only the rest"), error);
    assertEquals(List.of(OBJECTS, 10, 0), nodes.stream().map(S3Bucket::size).toList());

    proxy.reset();
    JobResult again = restore(raid, 3, false, false);
    assertDone(again);
    assertEquals(2 * OBJECTS - 10, again.checked().objects());
    assertRaid5(nodes);
  }

  @Test
  void reportsADamagedObjectOnceAndUploadsNothingOfIt() throws Exception {
    Path copy = lab.copy(repository);
    String key = lab.bucket().list().last();
    Path file = copy.resolve("objects").resolve(key);
    byte[] bytes = Files.readAllBytes(file);
    bytes[0] ^= 1;
    Files.write(file, bytes);
    String raid = "raid5";
    List<S3Bucket> nodes = buckets(raid, 3);
    nodes.forEach(S3Bucket::clear);
    JobResult result = restore(copy, raid, 3, false, false);
    assertEquals(JobState.INCOMPLETE, result.state(), result.toString());
    assertEquals(List.of(key), result.findings().stream().map(JobResult.Finding::key).toList());
    nodes.forEach(node -> assertEquals(OBJECTS - 1, node.size()));
  }

  @Test
  void refusesToPutBlocksOfADumpIntoARaid() throws Exception {
    Path copy = lab.copy(repository);
    lab.rewrite(copy, document -> document.withObject("/objects").put("strategy", "none"));
    JobResult result = restore(copy, "RAID1", 3, false, false);
    assertEquals(JobState.FAILED, result.state(), result.toString());
    assertTrue(result.error().orElse("").contains("--only database"), result::toString);
  }
}
