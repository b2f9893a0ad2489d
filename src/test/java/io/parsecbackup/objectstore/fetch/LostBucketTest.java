package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.listing.OwnListing;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A bucket that cannot be listed, or becomes unavailable, stops the run with an error. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LostBucketTest {

  @TempDir Path folder;
  private FetchScenario scenario;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  @Test
  void stopsTheRunAndTheNextOneResumes() throws IOException {
    scenario.fill(400);
    AtomicInteger gets = new AtomicInteger();
    scenario.proxy.when(
        request -> request.kind() == Kind.GET_OBJECT && gets.incrementAndGet() > 100,
        new Fault.Drop());

    Problem problem = assertThrows(Problem.class, scenario::sync);

    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertNamesNoSecret(problem);
    long copied = scenario.counters.copied();
    assertEquals(100, copied);
    assertEquals(
        List.of("20261122T020100Z/journal.tsv"), List.copyOf(scenario.files("tmp").keySet()));

    scenario.proxy.reset();
    assertEquals(List.of(), scenario.sync());
    assertEquals(300, scenario.counters.copied());
    assertEquals(100, scenario.counters.skipped());
    assertEquals(300, scenario.proxy.fetched().size());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void stopsTheRunWhenTheServerStops() throws IOException {
    scenario.fill(400);
    AtomicInteger gets = new AtomicInteger();
    scenario.proxy.when(
        request -> {
          if (request.kind() == Kind.GET_OBJECT && gets.incrementAndGet() == 50) {
            scenario.proxy.close();
          }
          return false;
        },
        new Fault.Drop());
    Problem problem = assertThrows(Problem.class, scenario::sync);
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertTrue(text(problem).contains(scenario.bucket.name()), text(problem));
    assertNamesNoSecret(problem);
  }

  @Test
  void stopsTheRunWhenTheListingFails() throws IOException {
    scenario.fill(30);
    List<String> keys = List.copyOf(scenario.bucket.list());
    scenario.proxy.when(
        request -> request.kind() == Kind.LIST && OwnListing.page(request) == 2, Fault.status(500));
    OwnListing.serve(
        scenario.proxy,
        scenario.bucket,
        keys.subList(0, 10),
        keys.subList(10, 20),
        keys.subList(20, 30));
    Problem problem = assertThrows(Problem.class, scenario::sync);
    assertUnlistable(problem, "500 InternalError");
    assertEquals(2 + 1 + FetchScenario.RETRIES.moreTries(), scenario.proxy.count(Kind.LIST));
  }

  @Test
  void isNamedWhenTheServerOnlyFails() {
    scenario.proxy.when(Kind.LIST, Fault.status(500));
    assertUnlistable(assertThrows(Problem.class, scenario::sync), "500 InternalError");
  }

  @Test
  void isNamedWhenListingIsNotAllowed() {
    scenario.proxy.when(Kind.LIST, Fault.status(403));
    assertUnlistable(assertThrows(Problem.class, scenario::sync), "403 AccessDenied");
    assertEquals(1, scenario.proxy.count(Kind.LIST));
  }

  @Test
  void isNamedWhenItDoesNotExist() {
    Blockstore.S3 there = scenario.blockstore();
    Blockstore.S3 none =
        new Blockstore.S3(
            there.endpoint(), there.region(), "no-such", there.accessKey(), there.secretKey());
    Problem problem = assertThrows(Problem.class, () -> scenario.sync(none));
    assertTrue(text(problem).contains("no-such"), text(problem));
    assertTrue(text(problem).contains("NoSuchBucket"), text(problem));
    assertNamesNoSecret(problem);
  }

  @Test
  void isNamedWhenTheKeyIsWrong() {
    Blockstore.S3 there = scenario.blockstore();
    Blockstore.S3 wrong =
        new Blockstore.S3(
            there.endpoint(), there.region(), there.bucket(), there.accessKey(), "not-the-secret");
    Problem problem = assertThrows(Problem.class, () -> scenario.sync(wrong));
    assertUnlistable(problem, "403");
    assertFalse(problem.toString().contains("not-the-secret"));
  }

  @Test
  void isNamedWhenTheServerIsDown() {
    Blockstore.S3 nowhere = scenario.blockstore();
    scenario.proxy.close();
    assertUnlistable(assertThrows(Problem.class, () -> scenario.sync(nowhere)), "refused");
    assertUnlistable(
        assertThrows(Problem.class, () -> scenario.fetcher().checkReachable(nowhere)), "refused");
  }

  @Test
  void isNamedWithTheRegionItIsIn() {
    scenario.proxy.when(
        Kind.LIST,
        new Fault.Answer(
            S3Response.error(301)
                .text(xml -> xml.replaceAll("<Code>.*</Code>", "<Code>PermanentRedirect</Code>"))
                .with("x-amz-bucket-region", "eu-west-3")));
    assertUnlistable(assertThrows(Problem.class, scenario::sync), "eu-west-3");
    scenario.proxy.reset();
    scenario.proxy.when(
        Kind.LIST,
        new Fault.Answer(
            S3Response.error(400)
                .text(xml ->
                    xml.replaceAll("<Code>.*</Code>", "<Code>AuthorizationHeaderMalformed</Code>")
                        .replace(
                            "By order of a test",
                            "The authorization header is malformed; the region 'us-east-1' is"
                                + " wrong; expecting 'eu-north-1'"))));
    assertUnlistable(assertThrows(Problem.class, scenario::sync), "eu-north-1");
  }

  @Test
  void isReachableWhenItAnswers() {
    scenario.fetcher().checkReachable(scenario.blockstore());
    scenario.proxy.when(Kind.LIST, Fault.status(403));
    assertUnlistable(
        assertThrows(Problem.class, () -> scenario.fetcher().checkReachable(scenario.blockstore())),
        "403 AccessDenied");
  }

  private void assertUnlistable(Problem problem, String why) {
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertTrue(text(problem).startsWith("the bucket parsec cannot be listed: "), text(problem));
    assertTrue(text(problem).contains(why), text(problem));
    assertNamesNoSecret(problem);
  }

  private static String text(Problem problem) {
    return String.valueOf(problem.getMessage());
  }

  private void assertNamesNoSecret(Problem problem) {
    for (Throwable part = problem; part != null; part = part.getCause()) {
      assertFalse(part.toString().contains(scenario.s3.secretKey()), part.toString());
    }
  }
}
