package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BucketUploaderTest {

  @TempDir Path folder;
  private UploadScenario scenario;

  @BeforeEach
  void open() throws IOException {
    scenario = new UploadScenario(folder);
  }

  @AfterEach
  void close() throws IOException {
    assertTrue(scenario.scratchIsEmpty());
    scenario.close();
  }

  @Test
  void uploadsEveryByteUnderEveryKey() throws IOException {
    scenario.target();
    scenario.fill(30);
    for (String key :
        List.of(
            "Éléphant-日本/0",
            "Éléphant-日本/𝄞 ﬀ",
            "with space/and+plus",
            "a%20b/c&d=e?f#g",
            "quote'\"<tag>/~!*()",
            "tab\there")) {
      scenario.add(key, Content.generated(key, 1, 3_000).bytes());
    }
    scenario.add("empty", new byte[0]);
    scenario.add("several-chunks", Content.generated("several", 1, 300_001).bytes());
    scenario.add("larger-than-memory", Content.generated("larger", 1, 9 << 20).bytes());

    UploadOutcome outcome = scenario.restore();

    assertFalse(outcome.bucketCreated());
    assertEquals(scenario.stored(), scenario.held());
    assertEquals(39, scenario.counters.sent());
    assertEquals(39, scenario.counters.wanted());
    assertEquals(scenario.counters.wantedBytes(), scenario.counters.sentBytes());
    assertEquals(List.of(), List.copyOf(scenario.findings));
    assertArrayEquals(new byte[0], scenario.target().get("empty").orElseThrow());
    assertTrue(scenario.proxy.mostInFlight(Kind.PUT_OBJECT) <= FetchScenario.IN_FLIGHT);
  }

  @Test
  void sendsNoTypeAndNoMetadata() throws IOException {
    scenario.add("k", "x".getBytes(StandardCharsets.UTF_8));
    scenario.restore();
    assertEquals(Map.of(), scenario.target().object("k").orElseThrow().metadata());
    assertTrue(
        scenario.proxy.requests().stream()
            .filter(request -> request.kind() == Kind.PUT_OBJECT)
            .allMatch(request -> request.header("Content-Type").isEmpty()));
  }

  @Test
  void uploadsNothingTwice() throws IOException {
    scenario.fill(20);
    scenario.restore();
    scenario.proxy.reset();
    scenario.restore();
    assertEquals(0, scenario.counters.wanted());
    assertEquals(20, scenario.counters.skipped());
    assertEquals(0, scenario.proxy.count(Kind.PUT_OBJECT));
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
  }

  @Test
  void uploadsOnlyTheRestAfterAFailure() throws IOException {
    scenario.fill(300);
    scenario.target();
    AtomicInteger puts = new AtomicInteger();
    scenario.proxy.when(
        request ->
            // This server refuses conditional requests, and receives them again without the
            // condition.
            request.kind() == Kind.PUT_OBJECT
                && request.header("If-None-Match").isEmpty()
                && puts.incrementAndGet() > 100,
        new Fault.Drop());

    Problem problem = assertThrows(Problem.class, scenario::restore);

    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    String text = String.valueOf(problem.getMessage());
    assertTrue(text.contains("restored"), text);
    assertTrue(text.contains("only the rest"), text);
    assertFalse(text.contains(scenario.s3.secretKey()), text);
    assertEquals(100, scenario.target().size());

    scenario.proxy.reset();
    scenario.restore();
    assertEquals(200, Set.copyOf(scenario.sentKeys()).size());
    assertEquals(200, scenario.counters.sent());
    assertEquals(100, scenario.counters.skipped());
    assertEquals(scenario.stored(), scenario.held());
  }

  @Test
  void keepsObjectsThatTheBackupDoesNotHave() throws IOException {
    scenario.fill(5);
    scenario.target().put("AnotherOrg/x", "theirs");
    scenario.target().put(FetchScenario.key(2) + "-not-ours", "theirs");
    scenario.restore(true, false);
    assertEquals(7, scenario.target().size());
    assertArrayEquals(
        "theirs".getBytes(StandardCharsets.UTF_8),
        scenario.target().get("AnotherOrg/x").orElseThrow());
    assertEquals(List.copyOf(scenario.records.keySet()), scenario.sentKeys());
  }

  @Test
  void createsAMissingBucket() throws IOException {
    scenario.fill(3);
    assertTrue(scenario.restore().bucketCreated());
    assertEquals(scenario.stored(), scenario.held());
    assertFalse(scenario.restore().bucketCreated());
  }

  @Test
  void namesABucketThatCannotBeCreated() throws IOException {
    scenario.fill(3);
    scenario.proxy.when(
        request -> request.kind() == Kind.OTHER && request.method().equals("PUT"),
        Fault.status(403));
    Problem problem = assertThrows(Problem.class, scenario::restore);
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertTrue(
        String.valueOf(problem.getMessage())
            .startsWith(
                "the bucket restored does not exist and cannot be created: the server answered 403"),
        problem.getMessage());
  }

  @Test
  void changesNothingInADryRun() throws IOException {
    scenario.fill(6);
    assertTrue(scenario.restore(false, true).bucketCreated());
    assertEquals(6, scenario.counters.wanted());

    scenario.target().put(FetchScenario.key(0), scenario.bytes(FetchScenario.key(0)));
    scenario.target().put(FetchScenario.key(1), "short");
    Files.delete(scenario.file(FetchScenario.key(2)));
    Files.writeString(scenario.file(FetchScenario.key(3)), "cut");
    Map<String, String> before = scenario.held();

    assertFalse(scenario.restore(false, true).bucketCreated());
    assertEquals(4, scenario.counters.wanted());
    assertEquals(1, scenario.counters.skipped());
    assertEquals(1, scenario.counters.differing());
    assertEquals(2, scenario.counters.damaged());
    assertEquals(3, scenario.findings.size());

    scenario.restore(true, true);
    assertEquals(5, scenario.counters.wanted());
    assertEquals(1, scenario.counters.differing());
    assertEquals(0, scenario.counters.replaced());

    assertEquals(before, scenario.held());
    assertEquals(0, scenario.proxy.count(Kind.PUT_OBJECT));
  }

  @Test
  void respectsTheBandwidthLimit() throws IOException {
    for (int i = 0; i < 20; i++) {
      String key = FetchScenario.key(i);
      scenario.add(key, Content.generated(key, 1, 100_000).bytes());
    }
    scenario.bandwidthLimit = FetchScenario.bytes(1_000_000);
    long start = System.nanoTime();
    scenario.restore();
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(seconds >= 2 / 1.2, "took " + seconds + " s");
    assertEquals(scenario.stored(), scenario.held());
  }
}
