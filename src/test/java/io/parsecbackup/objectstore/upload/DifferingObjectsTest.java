package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import io.parsecbackup.testing.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Objects that the target already has. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class DifferingObjectsTest {

  private static final String FIRST = FetchScenario.key(0);

  @TempDir Path folder;
  private UploadScenario scenario;

  @BeforeEach
  void open() throws IOException {
    scenario = new UploadScenario(folder);
    scenario.fill(4);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  @Test
  void areReportedAndStayWhenTheirSizeDiffers() throws IOException {
    scenario.target().put(FIRST, "short");
    scenario.restore();
    assertEquals(1, scenario.counters.differing());
    assertEquals(3, scenario.counters.sent());
    assertEquals(Content.md5("short".getBytes(StandardCharsets.UTF_8)), scenario.held().get(FIRST));
    String finding = scenario.findings.remove();
    assertTrue(finding.startsWith(FIRST + " differs: 100 bytes, SHA-256 "), finding);
    assertTrue(finding.contains(" | 5 bytes, ETag "), finding);
  }

  @Test
  void areReportedAndStayWhenOnlyTheirBytesDiffer() throws IOException {
    scenario.target().put(FIRST, new byte[100]);
    scenario.restore();
    assertEquals(1, scenario.counters.differing());
    assertEquals(Content.md5(new byte[100]), scenario.held().get(FIRST));
    String finding = scenario.findings.remove();
    assertTrue(finding.contains(" | 100 bytes, SHA-256 "), finding);
  }

  @Test
  void areReplacedOnDemand() throws IOException {
    scenario.target().put(FIRST, "short");
    scenario.target().put(FetchScenario.key(1), new byte[101]);
    scenario.restore(true, false);
    assertEquals(0, scenario.counters.differing());
    assertEquals(2, scenario.counters.replaced());
    assertEquals(4, scenario.counters.sent());
    assertEquals(4, scenario.counters.wanted());
    assertEquals(List.of(), List.copyOf(scenario.findings));
    assertEquals(scenario.stored(), scenario.held());
  }

  @Test
  void areNotFetchedWhenTheListedETagIsTheFilesMd5() throws IOException {
    scenario.add("kms", new byte[70], "0123456789abcdef0123456789abcdef");
    scenario.target().put("kms", new byte[70]);
    scenario.restore();
    assertEquals(1, scenario.counters.skipped());
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
  }

  @Test
  void areFetchedIfTheListedETagIsNotAnMd5() throws IOException {
    scenario.target().put(FIRST, unproven(scenario.bytes(FIRST)));
    scenario.target().put(FetchScenario.key(1), unproven(new byte[101]));
    scenario.restore();
    assertEquals(1, scenario.counters.skipped());
    assertEquals(1, scenario.counters.differing());
    assertEquals(2, scenario.counters.sent());
    assertEquals(2, scenario.proxy.count(Kind.GET_OBJECT));
  }

  @Test
  void areSentWhenTheyVanishBeforeTheyAreCompared() throws IOException {
    scenario.target().put(FIRST, unproven(new byte[100]));
    scenario.proxy.when(
        request -> {
          if (request.kind() == Kind.GET_OBJECT) {
            scenario.target().delete(FIRST);
          }
          return false;
        },
        new Fault.Drop());
    scenario.restore();
    assertEquals(4, scenario.counters.sent());
    assertEquals(scenario.stored(), scenario.held());
  }

  @Test
  void areComparedEvenIfTheRepositoryHasLostItsFile() throws IOException {
    scenario.target().put(FIRST, unproven(scenario.bytes(FIRST)));
    Files.delete(scenario.file(FIRST));
    scenario.restore();
    assertEquals(1, scenario.counters.skipped());
    assertEquals(0, scenario.counters.damaged());
  }

  @Test
  void stayWhenSomebodyUploadedThemMeanwhile() throws IOException {
    scenario.target();
    conditionalPuts(request -> new byte[7]);
    scenario.restore();
    assertEquals(4, scenario.counters.differing());
    assertEquals(0, scenario.counters.sent());
    assertEquals(Content.md5(new byte[7]), scenario.held().get(FIRST));
  }

  @Test
  void countAsSkippedWhenSomebodyUploadedTheSameMeanwhile() throws IOException {
    scenario.target();
    conditionalPuts(S3Request::body);
    scenario.restore();
    assertEquals(4, scenario.counters.skipped());
    assertEquals(0, scenario.counters.differing());
  }

  /** The first try stores the object but its answer is lost; the second try finds it. */
  @Test
  void countAsSentWhenAnEarlierTryStoredThem() throws IOException {
    scenario.target();
    scenario.proxy.when(
        request -> {
          boolean first =
              request.kind() == Kind.PUT_OBJECT
                  && scenario.target().object(request.key()).isEmpty();
          if (first) {
            scenario.target().put(request.key(), request.body());
          }
          return first;
        },
        new Fault.Drop());
    refuse();
    scenario.restore();
    assertEquals(4, scenario.counters.sent());
    assertEquals(0, scenario.counters.skipped());
    assertEquals(scenario.stored(), scenario.held());
  }

  @Test
  void areOverwrittenByTheNextTryWhenTheServerDamagedThem() throws IOException {
    scenario.target();
    scenario
        .proxy
        .when(
            Kind.PUT_OBJECT,
            Fault.rewrite(answer ->
                new S3Response(
                    200, List.of(Map.entry("ETag", "\"" + "0".repeat(32) + "\"")), new byte[0])))
        .perKey()
        .first(1);
    scenario.restore();
    assertEquals(4, scenario.counters.sent());
    assertEquals(
        4,
        scenario.proxy.requests().stream()
            .filter(request -> request.kind() == Kind.PUT_OBJECT)
            .filter(request -> request.header("If-None-Match").isEmpty())
            .count());
    assertEquals(scenario.stored(), scenario.held());
  }

  private static StoredObject unproven(byte[] bytes) {
    Content content = Content.of(bytes);
    return new StoredObject(
        content,
        content.md5() + "-2",
        Instant.parse("2026-03-01T10:20:30Z"),
        Map.of(),
        Optional.empty());
  }

  /** A server with conditional writes, on which somebody else is always a moment earlier. */
  private void conditionalPuts(Function<S3Request, byte[]> others) {
    scenario.proxy.when(
        request -> {
          if (request.kind() == Kind.PUT_OBJECT && request.header("If-None-Match").isPresent()) {
            scenario.target().put(request.key(), others.apply(request));
          }
          return false;
        },
        new Fault.Drop());
    refuse();
  }

  private void refuse() {
    scenario.proxy.when(
        request -> request.kind() == Kind.PUT_OBJECT && request.header("If-None-Match").isPresent(),
        new Fault.Answer(
            S3Response.error(412)
                .text(
                    xml -> xml.replaceAll("<Code>.*</Code>", "<Code>PreconditionFailed</Code>"))));
  }
}
