package io.parsecbackup.objectstore.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong bytes never become final, and the index records how each object was checked. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ContentChecksTest {

  private static final String BAD = SourceScenario.key(2);
  private static final Pattern ETAG = Pattern.compile("[0-9a-f]{32}");

  @TempDir Path folder;

  private SourceScenario open(SourceScenario.Kind kind, int objects) {
    SourceScenario source = new SourceScenario(kind, folder);
    source.scenario.retries = new Retries(3, Duration.ofMillis(2), Duration.ofMillis(10));
    for (int i = 0; i < objects; i++) {
      String key = SourceScenario.key(i);
      source.put(key, Content.generated(key, 1, 2_000 + i).bytes());
    }
    return source;
  }

  /** Another body of the same length that only its type distinguishes from an object. */
  private static Fault instead(String type, String text) {
    return Fault.rewrite(response -> {
      byte[] body = new byte[response.body().length];
      Arrays.fill(body, (byte) ' ');
      ByteBuffer.wrap(body).put(text.getBytes(UTF_8));
      return without(response, "ETag").with("Content-Type", type).with(body);
    });
  }

  private static S3Response without(S3Response response, String header) {
    List<Map.Entry<String, String>> headers = new ArrayList<>(response.headers());
    headers.removeIf(entry -> entry.getKey().equalsIgnoreCase(header));
    return new S3Response(response.status(), headers, response.body());
  }

  static Stream<Arguments> noObjects() {
    record Answer(String name, Fault fault, boolean compare) {
      @Override
      public String toString() {
        return name;
      }
    }
    List<Answer> answers =
        List.of(
            new Answer("page", instead("text/html; charset=utf-8", "Please log in"), false),
            new Answer("page by its start", instead("image/png", "\n<!DOCTYPE HTML><p>"), false),
            new Answer("XML", instead("application/xml", "<Error/>"), false),
            new Answer("XML by its start", instead("x/y", "<?xml version='1.0'?>"), false),
            new Answer("page, of what is listed", instead("text/html", "<html>"), true),
            new Answer("text, of what is listed", instead("text/plain", "Please log in"), true));
    return Arrays.stream(SourceScenario.Kind.values())
        .flatMap(kind ->
            answers.stream()
                .map(answer -> Arguments.of(kind, answer, answer.fault(), answer.compare())));
  }

  @ParameterizedTest
  @MethodSource("noObjects")
  void neverCoversAnAnswerThatIsNotTheObject(
      SourceScenario.Kind kind, Object name, Fault fault, boolean compare) throws IOException {
    try (SourceScenario source = open(kind, 4)) {
      source.whenFetched(BAD, fault);
      List<String> missing = source.sync(compare);
      assertEquals(1, missing.size(), missing.toString());
      assertTrue(missing.getFirst().startsWith(BAD), missing.toString());
      assertTrue(Files.notExists(source.scenario.object(BAD)));
      assertEquals(3, source.held().size());
      source.scenario.proxy.reset();
      assertEquals(List.of(), source.sync());
      assertEquals(List.copyOf(source.blocks.keySet()), source.held());
      assertEquals(Map.of(), source.scenario.files("conflicts"));
    }
  }

  /** An answer with a checksum and an ETag that proves nothing. */
  private static S3Response withChecksum(S3Response response) {
    CRC32 sum = new CRC32();
    sum.update(response.body());
    byte[] value = ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
    return response
        .with("x-amz-server-side-encryption", "aws:kms")
        .with("x-amz-checksum-crc32", Base64.getEncoder().encodeToString(value));
  }

  @ParameterizedTest
  @EnumSource(SourceScenario.Kind.class)
  void checksTheServersChecksum(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind, 4)) {
      source.whenFetched(
          BAD,
          Fault.rewrite(response -> {
            S3Response right = withChecksum(response);
            byte[] other = right.body().clone();
            other[7] ^= 1;
            return right.with(other);
          }));
      source.scenario.proxy.when(
          S3Request.Kind.GET_OBJECT, Fault.rewrite(ContentChecksTest::withChecksum));
      List<String> missing = source.sync();
      assertEquals(1, missing.size(), missing.toString());
      assertTrue(missing.getFirst().contains("x-amz-checksum-crc32"), missing.toString());
      assertEquals(0, source.scenario.counters.checkedByLengthOnly());
      assertEquals(3, source.held().size());
      assertEquals("checksum", source.scenario.indexed(SourceScenario.key(1)).getLast());
      assertTrue(
          source.scenario.proxy.requests().stream()
              .filter(request -> request.kind() == S3Request.Kind.GET_OBJECT)
              .allMatch(request -> request.header("x-amz-checksum-mode").isPresent()));
    }
  }

  @ParameterizedTest
  @EnumSource(SourceScenario.Kind.class)
  void recordsObjectsThatWereCheckedByLengthOnly(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind, 4)) {
      source.whenFetched(BAD, Fault.kms());
      assertEquals(List.of(), source.sync());
      assertEquals(1, source.scenario.counters.checkedByLengthOnly());
      assertEquals("length", source.scenario.indexed(BAD).getLast());
      assertEquals("etag", source.scenario.indexed(SourceScenario.key(1)).getLast());
    }
  }

  /** Answers and listings with ETags of 32 hex digits that are not MD5s. */
  private static void returnOtherETags(SourceScenario source) {
    UnaryOperator<String> other =
        text ->
            ETAG.matcher(text)
                .replaceAll((MatchResult etag) -> Content.md5(etag.group().getBytes(UTF_8)));
    source.scenario.proxy.when(
        S3Request.Kind.GET_OBJECT,
        Fault.rewrite(response ->
            response
                .header("ETag")
                .map(etag -> response.with("ETag", other.apply(etag)))
                .orElse(response)));
    source.scenario.proxy.when(
        S3Request.Kind.LIST, Fault.rewrite(response -> response.text(other)));
  }

  @ParameterizedTest
  @EnumSource(SourceScenario.Kind.class)
  void acceptsAServerWhoseETagsAreNotMd5s(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind, 40)) {
      returnOtherETags(source);
      assertEquals(List.of(), source.sync(true));
      assertEquals(List.copyOf(source.blocks.keySet()), source.held());
      assertEquals(40, source.scenario.counters.checkedByLengthOnly());
      assertEquals("length", source.scenario.indexed(BAD).getLast());
      if (kind == SourceScenario.Kind.SINGLE) {
        // Two more requests for one object; the others wait for its result.
        assertEquals(42, source.scenario.proxy.fetched().size());
      }
      // These ETags are recorded.
      returnOtherETags(source);
      source.sync(true);
      assertEquals(0, source.scenario.counters.copied());
      assertEquals(0, source.scenario.counters.conflicts());
    }
  }

  @ParameterizedTest
  @EnumSource(SourceScenario.Kind.class)
  void detectsDamageInTransferIfETagsAreNotMd5s(SourceScenario.Kind kind) throws IOException {
    try (SourceScenario source = open(kind, 1)) {
      AtomicInteger turn = new AtomicInteger();
      String key = SourceScenario.key(0);
      source.whenFetched(
          key,
          Fault.rewrite(response -> {
            byte[] body = response.body().clone();
            body[100 + turn.incrementAndGet()] ^= 1;
            return response.with("ETag", '"' + "0123456789abcdef".repeat(2) + '"').with(body);
          }));
      List<String> missing = source.sync();
      assertEquals(1, missing.size(), missing.toString());
      assertEquals(List.of(), source.held());
    }
  }

  /** The damaged objects come first, when nothing is known about the source's ETags yet. */
  @Test
  void undoesWhatItAcceptedBeforeItSawAnETagThatIsAnMd5() throws IOException {
    try (SourceScenario source = open(SourceScenario.Kind.SINGLE, 40)) {
      List<String> keys = List.copyOf(source.blocks.keySet());
      List<String> damaged = keys.subList(0, 30);
      source.scenario.proxy.when(request -> damaged.contains(request.key()), Fault.corruptByte(7));
      List<String> missing = source.sync();
      assertEquals(damaged, missing.stream().map(line -> line.split("\t", 2)[0]).toList());
      assertEquals(30, source.scenario.counters.failed());
      assertEquals(keys.subList(30, 40), source.scenario.covered());
      source.scenario.proxy.reset();
      assertEquals(List.of(), source.sync());
      assertEquals(keys, source.held());
      assertEquals(keys, source.scenario.covered());
    }
  }

  @Test
  void reportsAnObjectThatIsDamagedAtTheSourceAsMissing() throws IOException {
    try (SourceScenario source = open(SourceScenario.Kind.SINGLE, 12)) {
      source.whenFetched(BAD, Fault.corruptByte(7));
      List<String> missing = source.sync();
      assertEquals(1, missing.size(), missing.toString());
      assertTrue(missing.getFirst().contains("MD5"), missing.toString());
      assertEquals(11, source.held().size());
      // Only this object is fetched now. The index shows that the other ETags were MD5s.
      missing = source.sync();
      assertEquals(1, missing.size(), missing.toString());
      assertTrue(Files.notExists(source.scenario.object(BAD)));
    }
  }
}
