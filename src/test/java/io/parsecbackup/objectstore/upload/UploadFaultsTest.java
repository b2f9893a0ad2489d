package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.Misbehaviour;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads to a bucket that does not always work. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class UploadFaultsTest {

  @TempDir Path folder;
  private UploadScenario scenario;

  @BeforeEach
  void open() throws IOException {
    scenario = new UploadScenario(folder);
    scenario.target();
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        argumentSet("500", Fault.status(500)),
        argumentSet("503", Fault.status(503)),
        argumentSet("429", Fault.status(429)),
        argumentSet("the body arrived damaged", error(400, "BadDigest")),
        argumentSet("a wrong clock", error(403, "RequestTimeTooSkewed")),
        argumentSet("a concurrent write of the same key", error(409, "ConditionalRequestConflict")),
        argumentSet("closed before the answer", new Fault.Drop()),
        argumentSet("reset in the answer", new Fault.Reset(0)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void retriesTemporaryFaults(Fault fault) throws IOException {
    scenario.fill(3);
    scenario.add("chunks", Content.generated("chunks", 1, 200_000).bytes());
    scenario.add("file", Content.generated("file", 1, 5 << 20).bytes());
    scenario.proxy.when(Kind.PUT_OBJECT, fault).perKey().first(2);
    scenario.restore();
    assertEquals(5, scenario.counters.sent());
    assertEquals(0, scenario.counters.failed());
    assertEquals(scenario.stored(), scenario.held());
  }

  @Test
  void retriesIfTheServerStopsResponding() throws IOException {
    scenario.fill(4);
    scenario.proxy.when(Kind.PUT_OBJECT, FetchScenario.key(2), new Fault.Hang()).first(1);
    scenario.restore();
    assertEquals(4, scenario.counters.sent());
    assertEquals(scenario.stored(), scenario.held());
  }

  @Test
  void continuesAfterARefusedKeyAndFailsAtTheEnd() throws IOException {
    scenario.fill(10);
    scenario.proxy.when(Kind.PUT_OBJECT, FetchScenario.key(4), Fault.status(403));
    Problem problem = assertThrows(Problem.class, scenario::restore);
    String text = String.valueOf(problem.getMessage());
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertTrue(
        text.startsWith("the bucket restored did not accept 1 object, '" + FetchScenario.key(4)),
        text);
    assertTrue(text.contains("403 AccessDenied"), text);
    assertFalse(text.contains(scenario.s3.secretKey()), text);
    assertEquals(9, scenario.counters.sent());
    assertEquals(1, scenario.counters.failed());
    assertEquals(9, scenario.target().size());
  }

  /** Other servers may answer with other codes than 200. */
  @ParameterizedTest
  @ValueSource(ints = {201, 204})
  void acceptsOtherSuccessCodes(int status) throws IOException {
    scenario.fill(3);
    scenario.proxy.when(
        Kind.PUT_OBJECT,
        Fault.rewrite(answer ->
            answer.status() == 200
                ? new S3Response(status, answer.headers(), new byte[0])
                : answer));
    scenario.restore();
    assertEquals(3, scenario.counters.sent());
    assertEquals(scenario.stored(), scenario.held());
  }

  /** A bad answer affects only its own object. */
  @Test
  void uploadsAllOthersIfTheServerMisbehaves() throws IOException {
    Set<Misbehaviour> bad =
        EnumSet.complementOf(
            EnumSet.of(
                Misbehaviour.CREATED, Misbehaviour.NO_CONTENT, Misbehaviour.PARTIAL_CONTENT));
    scenario.fill(3 * bad.size());
    scenario.retries = new Retries(1, Duration.ofMillis(2), Duration.ofMillis(5));
    int next = 0;
    for (Misbehaviour answer : bad) {
      scenario.proxy.when(Kind.PUT_OBJECT, FetchScenario.key(next), answer.fault());
      next += 3;
    }
    Problem problem = assertThrows(Problem.class, scenario::restore);
    String text = String.valueOf(problem.getMessage());
    assertTrue(text.contains("did not accept " + bad.size() + " objects"), text);
    assertEquals(2 * bad.size(), scenario.counters.sent());
    assertEquals(2 * bad.size(), scenario.target().size());
  }

  static Stream<Arguments> lasting() {
    return Stream.of(
        argumentSet("not allowed", Fault.status(403)),
        argumentSet("broken at the server", Fault.status(500)),
        argumentSet("no quota", error(507, "QuotaExceeded")),
        argumentSet("closed before the answer", new Fault.Drop()));
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void uploadsAllOthersIfManyInARowAreRefused(Fault fault) throws IOException {
    int refused = 3 * FetchScenario.IN_FLIGHT + 10;
    scenario.fill(refused + 10);
    scenario.proxy.when(
        request ->
            request.kind() == Kind.PUT_OBJECT
                && request.key().compareTo(FetchScenario.key(refused)) < 0,
        fault);
    Problem problem = assertThrows(Problem.class, scenario::restore);
    String text = String.valueOf(problem.getMessage());
    assertTrue(text.contains("did not accept " + refused + " objects"), text);
    assertEquals(10, scenario.counters.sent());
    assertEquals(10, scenario.target().size());
  }

  @Test
  void uploadsToAServerWhoseETagsAreNotMd5s() throws IOException {
    scenario.fill(40);
    scenario.proxy.when(
        request -> request.kind() == Kind.PUT_OBJECT || request.kind() == Kind.GET_OBJECT,
        Fault.rewrite(response ->
            response.header("ETag").isEmpty()
                ? response
                : response.with("ETag", '"' + "0123456789abcdef".repeat(2) + '"')));
    scenario.restore();
    assertEquals(40, scenario.counters.sent());
    assertEquals(scenario.stored(), scenario.held());
    // Some are sent twice, because this server does not support conditions.
    assertTrue(scenario.proxy.count(Kind.PUT_OBJECT) <= 40 + FetchScenario.IN_FLIGHT);
    int read = scenario.proxy.count(Kind.GET_OBJECT);
    assertTrue(read >= 1 && read <= FetchScenario.IN_FLIGHT, "read back: " + read);
  }

  @Test
  void stopsWhenTheServerStops() throws IOException {
    scenario.fill(200);
    scenario.proxy.when(
        request -> {
          if (request.kind() == Kind.PUT_OBJECT && scenario.target().size() >= 50) {
            scenario.proxy.close();
          }
          return false;
        },
        new Fault.Drop());
    Problem problem = assertThrows(Problem.class, scenario::restore);
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).contains("restored"), problem.getMessage());
  }

  @Test
  void namesABucketThatCannotBeListed() throws IOException {
    scenario.fill(2);
    scenario.proxy.when(Kind.LIST, Fault.status(403));
    Problem problem = assertThrows(Problem.class, scenario::restore);
    assertTrue(
        String.valueOf(problem.getMessage())
            .startsWith("the target bucket restored cannot be listed"),
        problem.getMessage());
    assertEquals(0, scenario.target().size());
  }

  @Test
  void acceptsAListingOutOfOrder() throws IOException {
    largeTarget();
    scenario.proxy.when(Kind.LIST, Fault.disorderedListing());
    scenario.restore();
    assertOnlyTenAreSent();
  }

  @Test
  void acceptsAListingWithARepeatedKey() throws IOException {
    largeTarget();
    scenario.proxy.when(Kind.LIST, Fault.duplicateInListing());
    scenario.restore();
    assertOnlyTenAreSent();
  }

  @Test
  void listsInRangesThatOmitNoKey() throws IOException {
    largeTarget();
    scenario.restore();
    assertEquals(
        1,
        scenario.proxy.requests().stream()
            .filter(r -> r.target().contains("start-after="))
            .count());
    assertEquals(6, scenario.proxy.count(Kind.LIST));
    assertOnlyTenAreSent();
  }

  @Test
  void isCancelledWithinSeconds() throws Exception {
    scenario.fill(300);
    scenario.proxy.when(Kind.PUT_OBJECT, new Fault.Delay(Duration.ofMinutes(5))).every(10);
    assertStopsSoon(20);
  }

  @Test
  void isCancelledWithinSecondsUnderANarrowLimit() throws Exception {
    scenario.fill(300);
    scenario.bandwidthLimit = FetchScenario.bytes(100);
    assertStopsSoon(0);
  }

  private void assertStopsSoon(int held) throws Exception {
    CompletableFuture<Problem> end = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            scenario.restore();
            end.completeExceptionally(new AssertionError("it was not cancelled"));
          } catch (Problem problem) {
            end.complete(problem);
          } catch (IOException | RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    Awaitility.await()
        .until(
            () -> scenario.target().size() >= held && scenario.proxy.count(Kind.PUT_OBJECT) >= 1);
    scenario.cancellation.cancel("by the test");
    assertEquals(Problem.Kind.CANCELLED, end.get(5, TimeUnit.SECONDS).kind());
    assertTrue(scenario.scratchIsEmpty());
  }

  /** Five thousand objects, ten of which are missing in the target. */
  private void largeTarget() throws IOException {
    for (int i = 0; i < 5_000; i++) {
      String key = FetchScenario.key(i);
      byte[] bytes = Content.generated(key, 1, 30).bytes();
      if (i % 500 == 0) {
        scenario.add(key, bytes);
      } else {
        scenario.record(key, bytes, Content.md5(bytes));
        scenario.target().put(key, bytes);
      }
    }
  }

  private void assertOnlyTenAreSent() {
    assertEquals(10, scenario.counters.wanted());
    assertEquals(10, scenario.counters.sent());
    assertEquals(4_990, scenario.counters.skipped());
    assertEquals(5_000, scenario.target().size());
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
  }

  private static Fault error(int status, String code) {
    return new Fault.Answer(S3Response.error(status, code));
  }
}
