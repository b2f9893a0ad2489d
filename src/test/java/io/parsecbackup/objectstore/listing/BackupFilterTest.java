package io.parsecbackup.objectstore.listing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.Misbehaviour;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers with unusual listings. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BackupFilterTest {

  @TempDir Path folder;
  private FetchScenario scenario;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
    scenario.fill(60);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  private List<String> keys() {
    return new ArrayList<>(scenario.bucket.list());
  }

  @Test
  void canHavePagesOfAnySize() throws IOException {
    List<String> keys = keys();
    OwnListing.serve(
        scenario.proxy,
        scenario.bucket,
        keys.subList(0, 1),
        List.of(),
        keys.subList(1, 40),
        keys.subList(40, 60),
        List.of());
    scenario.sync();
    assertEquals(5, scenario.proxy.count(Kind.LIST));
    assertEquals(60, scenario.counters.copied());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void canBeInAnyOrder() throws IOException {
    List<String> keys = keys();
    Collections.reverse(keys);
    OwnListing.serve(scenario.proxy, scenario.bucket, keys.subList(0, 25), keys.subList(25, 60));
    scenario.sync();
    assertEquals(60, scenario.counters.copied());
    assertEquals(60, scenario.counters.listed());
    scenario.assertHoldsTheBucket();

    scenario.sync();
    assertEquals(0, scenario.counters.copied());
    assertEquals(60, scenario.counters.skipped());
  }

  @Test
  void canBeSortedAsJavaSorts() throws IOException {
    List<String> more = List.of("𝐀", "Ａ", "z", "ﬀ/x", "𠮷/y");
    more.forEach(key -> scenario.bucket.put(key, key));
    List<String> keys = keys();
    Collections.sort(keys);
    OwnListing.serve(scenario.proxy, scenario.bucket, keys);
    scenario.sync();
    scenario.assertHoldsTheBucket();
    scenario.sync();
    assertEquals(0, scenario.counters.copied());
    assertEquals(65, scenario.counters.skipped());
  }

  @Test
  void canNameAnObjectTwice() throws IOException {
    scenario.proxy.when(Kind.LIST, Fault.duplicateInListing());
    scenario.sync();
    assertEquals(60, scenario.counters.copied());
    assertEquals(60, scenario.counters.listed());
    scenario.assertHoldsTheBucket();
    scenario.sync();
    assertEquals(0, scenario.counters.copied());
    assertEquals(60, scenario.counters.skipped());
  }

  @Test
  void canRepeatAWholePage() throws IOException {
    List<String> keys = keys();
    OwnListing.serve(scenario.proxy, scenario.bucket, keys.subList(0, 30), keys.subList(20, 60));
    scenario.sync();
    assertEquals(0, scenario.counters.failed());
    assertEquals(0, scenario.counters.conflicts());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void isRefusedIfItIsTruncatedWithoutAToken() {
    scenario.proxy.when(Kind.LIST, OwnListing.answer("<IsTruncated>true</IsTruncated>"));
    assertProblem("no continuation token");
  }

  @Test
  void isRefusedIfAPageLeadsToItself() {
    scenario.proxy.when(
        Kind.LIST,
        OwnListing.answer(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"));
    assertProblem("same continuation token");
    assertEquals(2, scenario.proxy.count(Kind.LIST));
  }

  /** Two pages that lead to each other, each time with another token. */
  @Test
  void isRefusedIfPagesLeadToEachOther() {
    List<String> keys = keys();
    AtomicInteger asked = new AtomicInteger();
    scenario.proxy.when(
        Kind.LIST,
        new Fault.Rewrite(real -> {
          int page = asked.getAndIncrement();
          return OwnListing.page(
              scenario.bucket,
              keys.subList(page % 2 * 30, page % 2 * 30 + 30),
              Optional.of("token-" + page));
        }));
    assertProblem("does not move forward");
    assertTrue(asked.get() <= 8, asked.toString());
  }

  @Test
  void isRefusedIfEmptyPagesNeverEnd() {
    AtomicInteger asked = new AtomicInteger();
    scenario.proxy.when(
        Kind.LIST,
        new Fault.Rewrite(real ->
            OwnListing.page(
                scenario.bucket, List.of(), Optional.of("token-" + asked.getAndIncrement()))));
    assertProblem("does not move forward");
  }

  static Stream<Arguments> noListings() {
    return Stream.of(
        argumentSet("a page of a login form", Misbehaviour.HTML_PAGE.fault()),
        argumentSet("nothing", Misbehaviour.answer(200, "application/xml", "")),
        argumentSet("no content", Misbehaviour.NO_CONTENT.fault()),
        argumentSet(
            "another document", Misbehaviour.answer(200, "application/xml", "<ListBuckets/>")),
        argumentSet("an error as a success", errorAsSuccess()),
        argumentSet(
            "a document with entities",
            Misbehaviour.answer(
                200,
                "application/xml",
                "<!DOCTYPE ListBucketResult [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                    + "<ListBucketResult><Contents><Key>&e;</Key></Contents></ListBucketResult>")),
        argumentSet(
            "a size below zero",
            OwnListing.answer("<Contents><Key>k</Key><Size>-1</Size></Contents>")),
        argumentSet("half a document", Fault.rewrite(r -> r.text(xml -> xml.substring(0, 300)))),
        argumentSet("endless", Misbehaviour.ENDLESS_BODY.fault()),
        argumentSet("slow", Misbehaviour.SLOW_BODY.fault()),
        argumentSet("slow to start", Misbehaviour.SLOW_HEADER.fault()),
        argumentSet("no HTTP", Misbehaviour.GARBAGE_STATUS.fault()));
  }

  private static Fault errorAsSuccess() {
    return Misbehaviour.answer(
        200, "application/xml", "<Error><Code>InternalError</Code><Message>-</Message></Error>");
  }

  /** Otherwise it would look like an empty bucket. */
  @ParameterizedTest
  @MethodSource("noListings")
  void isRefusedIfItIsNotAListing(Fault answer) {
    scenario.retries = new Retries(1, Duration.ofMillis(2), Duration.ofMillis(5));
    scenario.proxy.when(Kind.LIST, answer);
    assertProblem("cannot be listed");
    assertThrows(Problem.class, () -> scenario.fetcher().checkReachable(scenario.blockstore()));
  }

  /** XML cannot represent some of them, so each listing asks for encoded keys. */
  @Test
  void canContainKeysOfAnyCharacters() throws IOException {
    List<String> more = List.of("\u0001x", "a\u0007\u001b[31m", "a b+c%20", "<&>\"'", "\ufffe");
    more.forEach(key -> scenario.bucket.put(key, key));
    scenario.fetcher().checkReachable(scenario.blockstore());
    assertTrue(new BucketProbe(FetchScenario.CLIENTS).readsAnObject(scenario.blockstore()));
    scenario.sync();
    scenario.assertHoldsTheBucket();
  }

  /** Listings use the store's time, as requests for objects do. */
  @Test
  void isSignedWithTheStoresTime() throws IOException {
    Instant theirs = Instant.now().plus(Duration.ofHours(3));
    scenario.proxy.when(
        request ->
            request.kind() == Kind.LIST
                && signedAt(request).isBefore(theirs.minus(Duration.ofMinutes(15))),
        new Fault.Answer(
            S3Response.error(403)
                .text(xml -> xml.replace("AccessDenied", "RequestTimeTooSkewed"))
                .with(
                    "Date",
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(theirs.atOffset(ZoneOffset.UTC)))));
    // The server behind the proxy has our time.
    scenario.proxy.when(
        Kind.LIST, new Fault.Answer(OwnListing.page(scenario.bucket, keys(), Optional.empty())));
    scenario.sync();
    assertEquals(2, scenario.proxy.count(Kind.LIST));
    scenario.assertHoldsTheBucket();
  }

  private static Instant signedAt(S3Request request) {
    return LocalDateTime.parse(
            request.header("x-amz-date").orElseThrow(),
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'"))
        .toInstant(ZoneOffset.UTC);
  }

  private void assertProblem(String text) {
    Problem problem = assertThrows(Problem.class, scenario::sync);
    assertEquals(Problem.Kind.OBJECT_STORE, problem.kind());
    assertTrue(
        String.valueOf(problem.getMessage()).contains("parsec"),
        String.valueOf(problem.getMessage()));
    assertTrue(
        String.valueOf(problem.getMessage()).contains(text), String.valueOf(problem.getMessage()));
  }
}
