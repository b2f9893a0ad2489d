package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.parsecbackup.objectstore.listing.OwnListing;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FaultRule;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/** Faults that occur once or twice and are gone after a retry. */
@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
class PassingFaultsTest {

  private static final int SIZE = 100_000;

  @TempDir Path folder;
  private FetchScenario scenario;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
    for (int i = 0; i < 4; i++) {
      scenario.bucket.put(FetchScenario.key(i), Content.generated("k" + i, 1, SIZE));
    }
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        argumentSet("500", Fault.status(500)),
        argumentSet("502", Fault.status(502)),
        argumentSet("503", Fault.status(503)),
        argumentSet("504", Fault.status(504)),
        argumentSet("429", Fault.status(429)),
        argumentSet("408", Fault.status(408)),
        argumentSet("400 RequestTimeout", error(400, "RequestTimeout")),
        argumentSet("400 SlowDown", error(400, "SlowDown")),
        argumentSet("400 InternalError", error(400, "InternalError")),
        argumentSet("a wrong clock", skewed()),
        argumentSet("an error page that is not XML", page()),
        argumentSet("closed before the answer", new Fault.Drop()),
        argumentSet("reset before the body", new Fault.Reset(0)),
        argumentSet("reset in the body", new Fault.Reset(SIZE / 2)),
        argumentSet("closed before the body", new Fault.Cut(0)),
        argumentSet("closed in the body", new Fault.Cut(SIZE / 2)),
        argumentSet("closed before the last byte", new Fault.Cut(SIZE - 1)),
        argumentSet("a flipped bit", Fault.corruptByte(SIZE / 3)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void areRetried(Fault fault) throws IOException {
    FaultRule rule = scenario.proxy.when(Kind.GET_OBJECT, fault).perKey().first(2);
    assertEquals(List.of(), scenario.sync());
    assertEquals(8, rule.struck());
    assertEquals(4, scenario.counters.copied());
    assertEquals(4 * SIZE, scenario.counters.copiedBytes());
    assertEquals(0, scenario.counters.failed());
    scenario.assertHoldsTheBucket();
  }

  static Stream<Arguments> listingFaults() {
    return Stream.of(
        argumentSet("500", Fault.status(500)),
        argumentSet("503", Fault.status(503)),
        argumentSet("429", Fault.status(429)),
        argumentSet("400 SlowDown", error(400, "SlowDown")),
        argumentSet("closed before the answer", new Fault.Drop()),
        argumentSet("reset in the body", new Fault.Reset(300)),
        argumentSet("closed in the body", new Fault.Cut(300)),
        argumentSet(
            "half a document", Fault.rewrite(half -> half.text(xml -> xml.substring(0, 300)))));
  }

  @ParameterizedTest
  @MethodSource("listingFaults")
  void areRetriedForAPageOfTheListing(Fault fault) throws IOException {
    FaultRule rule =
        scenario.proxy.when(
            request -> request.kind() == Kind.LIST && OwnListing.page(request) == 1, fault);
    rule.first(2);
    List<String> keys = List.copyOf(scenario.bucket.list());
    OwnListing.serve(
        scenario.proxy,
        scenario.bucket,
        keys.subList(0, 1),
        keys.subList(1, 3),
        keys.subList(3, 4));
    assertEquals(List.of(), scenario.sync());
    assertEquals(2, rule.struck());
    assertEquals(4, scenario.counters.copied());
    scenario.assertHoldsTheBucket();
  }

  /** The listing has the sizes, so a short body is detected even if its length header matches. */
  @Test
  void includeAShortBodyWithAMatchingLengthHeader() throws IOException {
    scenario.proxy.when(Kind.LIST, Fault.multipartEtag());
    scenario.proxy.when(Kind.GET_OBJECT, shortened()).perKey().first(1);
    scenario.proxy.when(Kind.GET_OBJECT, Fault.multipartEtag());
    scenario.sync();
    assertEquals(4, scenario.counters.copied());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void retriesIfTheServerStopsResponding() throws IOException {
    scenario.proxy.when(Kind.GET_OBJECT, FetchScenario.key(2), new Fault.Hang()).first(1);
    scenario.proxy.when(Kind.LIST, new Fault.Hang()).first(1);
    long start = System.nanoTime();
    scenario.sync();
    assertTrue(System.nanoTime() - start >= 2 * FetchScenario.SILENCE.toNanos());
    assertEquals(4, scenario.counters.copied());
    scenario.assertHoldsTheBucket();
  }

  private static Fault shortened() {
    return Fault.rewrite(response ->
        response
            .with(Arrays.copyOf(response.body(), SIZE / 2))
            .with("ETag", response.header("ETag").orElseThrow().replaceAll("\"$", "-2\"")));
  }

  private static Fault error(int status, String code) {
    return new Fault.Answer(
        S3Response.error(status)
            .text(xml -> xml.replaceAll("<Code>.*</Code>", "<Code>" + code + "</Code>")));
  }

  /**
   * The server's clock seems to be an hour ahead. It refuses requests that are signed so, too, and
   * returns its own time.
   */
  private static Fault skewed() {
    return new Fault.Answer(
        S3Response.error(403)
            .text(xml -> xml.replace("AccessDenied", "RequestTimeTooSkewed"))
            .with(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    ZonedDateTime.now(ZoneOffset.UTC).plusHours(1))));
  }

  private static Fault page() {
    return new Fault.Answer(
        new S3Response(
            502,
            List.of(Map.entry("Content-Type", "text/html")),
            "<html><h1>Bad gateway<br>".getBytes(StandardCharsets.UTF_8)));
  }
}
