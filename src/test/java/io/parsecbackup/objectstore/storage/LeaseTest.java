package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.lease.LeaseTimes;
import io.parsecbackup.repository.CheckRecords;
import io.parsecbackup.repository.JobScratch;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks.Held;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.testing.EmbeddedS3;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.S3Bucket;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();
  private static final RunId RUN = new RunId("20261122T020000Z");
  private static final String DOCUMENT = "backups/20261122T020000Z/backup.json";
  private static final String LOCK = "some/where/lock";

  /** Renews often, and is patient. A server that does not answer for a heartbeat has failed. */
  private static final LeaseTimes OFTEN =
      new LeaseTimes(Duration.ofSeconds(60), Duration.ofMillis(500));

  private static final LeaseTimes SHORT =
      new LeaseTimes(Duration.ofSeconds(2), Duration.ofMillis(100));

  @TempDir Path folder;
  private BucketScenario scenario;
  private S3Bucket bucket;
  private BucketStorage storage;

  @BeforeEach
  void open() {
    scenario = BucketScenario.in(SERVER, folder);
    bucket = SERVER.bucket(scenario.bucket().bucket());
    storage = scenario.open(OFTEN);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /** The lock of a holder whose lease has run out long ago. */
  private void putDeadHolder(String mode) {
    bucket.put(
        LOCK,
        """
        {"version": 1, "holders": [{"token": "t", "mode": "%s", "holder": "backup by another",
         "run": "20261122T020000Z", "beat": 7, "seen": "2026-01-01T00:00:00Z", "leaseMillis": 60000}]}
        """
            .formatted(mode));
  }

  private String text(String name) throws IOException {
    try (InputStream in = storage.open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String lock() {
    return new String(bucket.get(LOCK).orElseThrow(), StandardCharsets.UTF_8);
  }

  private static Content content(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void takesOverADeadHolderThatThenPublishesNothing() throws IOException {
    putDeadHolder("exclusive");
    assertFalse(storage.locks().isHeld());
    try (Held held = storage.locks().exclusive("next")) {
      held.requireHeld();
      assertFalse(lock().contains("another"), lock());
      for (String last : List.of(DOCUMENT, "index/20261122T020000Z.json")) {
        assertThrows(
            ConditionFailedException.class,
            () -> storage.put(NewFile.ifAbsent(last, content("too late"))));
        ObjectNode tombstone =
            SealedJson.open(text(last).getBytes(StandardCharsets.UTF_8)).orElseThrow();
        assertTrue(tombstone.path("revoked").asBoolean());
        assertEquals("failed", tombstone.path("state").asText());
      }
      assertTrue(storage.find("backups/20261122T020000Z/revoked").isPresent());
    }
  }

  /** A prune of many objects must not renew the lease for each of them. */
  @Test
  void asksForManySmallStepsOnlyAsOftenAsItRenews() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(LeaseTimes.USUAL);
        Held held = behind.locks().exclusive("prune")) {
      proxy.reset();
      held.requireHeld();
      int once = proxy.requests().size();
      assertTrue(once > 0);
      for (int step = 0; step < 100; step++) {
        held.requireHeldLately();
      }
      assertEquals(once, proxy.requests().size());
    }
    try (BucketStorage silent =
            scenario.open(new LeaseTimes(Duration.ofMinutes(1), Duration.ofSeconds(1)));
        Held held = silent.locks().exclusive("prune")) {
      putDeadHolder("exclusive");
      Awaitility.await().untilAsserted(() -> assertThrows(Problem.class, held::requireHeldLately));
    }
  }

  @Test
  void keepsABackupThatTheDeadHolderHadPublished() throws IOException {
    ObjectNode published = new ObjectMapper().createObjectNode().put("id", RUN.text());
    storage.put(NewFile.ifAbsent(DOCUMENT, Content.of(SealedJson.seal(published))));
    putDeadHolder("exclusive");
    storage.locks().exclusive("next").close();
    assertEquals(List.of("backup.json"), storage.children("backups/20261122T020000Z"));
    assertFalse(text(DOCUMENT).contains("revoked"));
    assertEquals(Optional.empty(), storage.find("index/20261122T020000Z.json"));
  }

  @Test
  void keepsASegmentWithoutABackupThatTheDeadHolderHadPublished() throws IOException {
    String seal = "index/20261122T020000Z.json";
    ObjectNode published = new ObjectMapper().createObjectNode().put("sha256", "abc");
    storage.put(NewFile.ifAbsent(seal, Content.of(SealedJson.seal(published))));
    putDeadHolder("exclusive");
    storage.locks().exclusive("next").close();
    assertEquals(List.of(), storage.children("backups/20261122T020000Z"));
    assertFalse(text(seal).contains("revoked"));
  }

  @Test
  void finishesTheFenceOfATakeOverThatDied() throws IOException {
    putDeadHolder("exclusive");
    storage.locks().exclusive("next").close();
    bucket.delete("some/where/index/20261122T020000Z.json");
    putDeadHolder("exclusive");
    storage.locks().shared("after next").close();
    assertTrue(storage.find("index/20261122T020000Z.json").isPresent());
  }

  @Test
  void ignoresADeadReader() throws IOException {
    putDeadHolder("shared");
    storage.locks().exclusive("next").close();
    assertEquals(List.of(), storage.children("backups"));
  }

  @Test
  void renewsItsLease() throws IOException {
    try (Held held = storage.locks().exclusive("backup")) {
      held.announce(RUN);
      Awaitility.await()
          .until(() -> new ObjectMapper().readTree(lock()).at("/holders/0/beat").asInt() > 3);
      assertEquals(RUN.text(), new ObjectMapper().readTree(lock()).at("/holders/0/run").asText());
      held.describeHolder("another step");
      assertTrue(lock().contains("another step"), lock());
    }
    assertTrue(lock().contains("\"holders\" : [ ]"), lock());
  }

  @Test
  void cancelsTheWorkWhenAnotherRunHasTakenOver() throws IOException {
    Cancellation work = new Cancellation();
    Held held = storage.locks().exclusive("backup");
    held.cancelWhenLost(work);
    String other = lock().replaceAll("\"token\" : \"[^\"]+\"", "\"token\" : \"other\"");
    Awaitility.await()
        .until(() -> {
          bucket.put(LOCK, other);
          return work.isCancelled();
        });
    Problem lost = assertThrows(Problem.class, held::requireHeld);
    assertEquals(Problem.Kind.REPOSITORY, lost.kind());
    assertTrue(String.valueOf(lost.getMessage()).contains("another run has taken it over"));
    held.close();
    assertEquals(other, lock());
  }

  @Test
  void changesNothingAfterAnotherRunHasTakenOver() throws IOException {
    storage.put(NewFile.replacing("objects/a", content("of both")));
    Held held = storage.locks().exclusive("backup");
    String other = lock().replaceAll("\"token\" : \"[^\"]+\"", "\"token\" : \"other\"");
    Awaitility.await()
        .until(() -> {
          bucket.put(LOCK, other);
          return held.lost().isPresent();
        });
    List<Executable> changes =
        List.of(
            () -> storage.put(NewFile.replacing("index/x", content("late"))),
            () -> storage.put(NewFile.ifAbsent("objects/b", content("late"))),
            () -> storage.copy("objects/a", "conflicts/a"),
            () -> storage.move("objects/a", "conflicts/a"),
            () -> storage.delete("objects/a"),
            () -> storage.deleteTree("objects"));
    for (Executable change : changes) {
      Exception refused = assertThrows(Exception.class, change);
      assertTrue(
          String.valueOf(refused.getMessage()).contains("another run has taken it over"),
          refused::toString);
    }
    assertEquals(List.of("a"), storage.children("objects"));
    assertEquals(List.of(), storage.children("conflicts"));
    // How the run ended is recorded nevertheless.
    storage.put(NewFile.replacing("runs/20261122T020000Z.json", content("failed")));
    storage.put(NewFile.replacing("checks/20261122T020000Z-prune.json", content("failed")));
    // Its process starts no other run as long as this one may still write.
    bucket.delete(LOCK);
    assertEquals(
        Problem.Kind.HELD,
        assertThrows(Problem.class, () -> storage.locks().exclusive("next")).kind());
    held.close();
    storage.locks().exclusive("next").close();
  }

  @Test
  void cancelsTheWorkWhenTheLeaseCannotBeRenewed() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(SHORT)) {
      Held held = behind.locks().exclusive("backup");
      Cancellation work = new Cancellation();
      held.cancelWhenLost(work);
      proxy.when(request -> request.key().equals(LOCK), new Fault.Hang());
      Awaitility.await().until(work::isCancelled);
      proxy.reset();
      // It stays lost, although nobody has taken it over.
      assertThrows(Problem.class, held::requireHeld);
      Cancellation later = new Cancellation();
      held.cancelWhenLost(later);
      assertTrue(later.isCancelled());
      held.close();
      Awaitility.await().until(() -> !storage.locks().isHeld());
    }
  }

  /** Or the answer to the second one of a proxy that repeats a request by itself. */
  @ParameterizedTest
  @ValueSource(ints = {500, 412})
  void survivesALostAnswer(int status) throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(LeaseTimes.USUAL)) {
      S3Response error = S3Response.error(status, status == 412 ? "PreconditionFailed" : "-");
      proxy.when(Kind.PUT_OBJECT, LOCK, Fault.rewrite(done -> error)).first(1);
      try (Held held = behind.locks().exclusive("backup")) {
        held.requireHeld();
      }
      assertFalse(storage.locks().isHeld());
    }
  }

  /** Two tries of each step would not do. */
  @Test
  void waitsForAServerThatDoesNotAnswerForAShortTime() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(LeaseTimes.USUAL);
        Held held = behind.locks().exclusive("backup")) {
      proxy.when(request -> request.key().equals(LOCK), new Fault.Drop()).first(6);
      held.announce(RUN);
      proxy.reset();
      proxy.when(Kind.PUT_OBJECT, LOCK, Fault.status(503)).first(6);
      held.requireHeld();
      assertEquals(RUN.text(), new ObjectMapper().readTree(lock()).at("/holders/0/run").asText());
    }
  }

  @Test
  void doesNotWaitForAServerIfTheWorkIsCancelled() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(LeaseTimes.USUAL);
        Held held = behind.locks().exclusive("backup")) {
      Cancellation work = new Cancellation();
      held.cancelWhenLost(work);
      proxy.when(request -> request.key().equals(LOCK), new Fault.Drop());
      work.cancel("test");
      assertThrows(IOException.class, held::requireHeld);
      assertEquals(Optional.empty(), held.lost());
      proxy.reset();
    }
  }

  @Test
  void endsTheRunIfTheServerDoesNotAnswerForLong() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(SHORT);
        Held held = behind.locks().exclusive("backup")) {
      proxy.when(request -> request.key().equals(LOCK), new Fault.Drop());
      Problem lost = assertThrows(Problem.class, held::requireHeld);
      assertTrue(
          String.valueOf(lost.getMessage()).contains("could not be renewed"), lost::toString);
    }
  }

  @Test
  void isTakenByOneOfMany() throws Exception {
    List<Held> taken = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Held>> tries = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String holder = "run " + i;
        tries.add(threads.submit(() -> storage.locks().exclusive(holder)));
      }
      for (Future<Held> attempt : tries) {
        try {
          taken.add(attempt.get());
        } catch (ExecutionException e) {
          assertEquals(Problem.Kind.HELD, assertInstanceOf(Problem.class, e.getCause()).kind());
        }
      }
    }
    assertEquals(1, taken.size());
    taken.getFirst().close();
  }

  @Test
  void isSharedByAllThatAskAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Held>> tries = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tries.add(threads.submit(() -> storage.locks().shared("verify")));
      }
      for (Future<Held> attempt : tries) {
        attempt.get().requireHeld();
      }
      for (Future<Held> attempt : tries) {
        attempt.get().close();
      }
    }
    storage.locks().exclusive("backup").close();
  }

  /** Each machine has a cache of its own, so nothing but the bucket tells them of each other. */
  @Test
  void jobsOfTwoMachinesGetDifferentIdsAndSeeEachOther() throws IOException {
    BucketScenario elsewhere =
        new BucketScenario(scenario.bucket(), scenario.prefix(), folder.resolve("elsewhere"));
    Files.createDirectory(elsewhere.cache());
    Instant now = Instant.parse("2026-11-22T02:00:00Z");
    try (BucketStorage own = scenario.open();
        BucketStorage other = elsewhere.open()) {
      own.createFolders();
      other.createFolders();
      Repository here = Repository.at(own);
      Repository there = Repository.at(other);
      try (Held first = own.locks().shared("verify");
          Held second = other.locks().shared("verify")) {
        JobScratch one = here.openScratch(first, now);
        try (JobScratch two = there.openScratch(second, now)) {
          assertEquals(RUN, one.id());
          assertEquals(RUN.next(), two.id());
          assertTrue(there.isAlive(one.id()));
          assertTrue(here.isAlive(two.id()));
        }
        // Its record is all that is left of a job that has ended.
        here.checks()
            .write(new CheckRecords.Name(RUN, "verify"), JsonNodeFactory.instance.objectNode());
        one.close();
        first.close();
        assertFalse(there.isAlive(RUN));
        try (JobScratch three = there.openScratch(second, now)) {
          assertEquals(RUN.next(), three.id());
        }
      }
    }
  }

  /** A copy would seem killed while it runs. */
  @Test
  void showsAJobThatHoldsNoLock() throws IOException {
    try (BucketStorage other = scenario.open(OFTEN)) {
      Held copy = other.locks().shared("copy");
      copy.releaseAndShow(RUN, "copy " + RUN);
      assertTrue(storage.locks().isClaimed(RUN));
      try (Held backup = storage.locks().exclusive("backup")) {
        backup.requireHeld();
        assertTrue(storage.locks().isClaimed(RUN));
      }
      // As after a time without a connection, in which another run has removed it.
      bucket.put(LOCK, "{\"version\": 1, \"holders\": []}");
      Awaitility.await().until(() -> storage.locks().isClaimed(RUN));
      copy.requireHeld();
      assertEquals(Optional.empty(), copy.lost());
      copy.close();
      assertFalse(storage.locks().isClaimed(RUN));
    }
  }

  @Test
  void readsWithoutALeaseIfTheKeyMayNotWrite() throws IOException {
    try (FaultyProxy proxy = FaultyProxy.before(SERVER.endpoint());
        BucketStorage behind = scenario.through(proxy.endpoint()).open(OFTEN)) {
      proxy.when(Kind.PUT_OBJECT, Fault.status(403));
      try (Held held = behind.locks().shared("restore")) {
        held.requireHeld();
      }
      assertThrows(IOException.class, () -> behind.locks().exclusive("backup"));
    }
  }
}
