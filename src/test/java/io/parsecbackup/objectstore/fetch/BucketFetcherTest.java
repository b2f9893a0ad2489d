package io.parsecbackup.objectstore.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What a run fetches, skips and keeps if there are no failures. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BucketFetcherTest {

  private static final Instant LONG_AGO = Instant.parse("2020-02-29T12:34:56Z");

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
  void copiesAWholeBucketAndFetchesNothingInTheNextRun() throws IOException {
    scenario.fill(1_100);
    scenario.bucket.put("CoolOrg/old", Content.of("x".getBytes(UTF_8)), LONG_AGO);
    long bytes =
        scenario.bucket.objects().values().stream().mapToLong(o -> o.content().size()).sum();

    assertEquals(List.of(), scenario.sync());

    scenario.assertHoldsTheBucket();
    assertEquals(1_101, scenario.counters.copied());
    assertEquals(bytes, scenario.counters.copiedBytes());
    assertEquals(1_101, scenario.counters.listed());
    assertEquals(1_101, scenario.counters.wanted());
    assertEquals(bytes, scenario.counters.wantedBytes());
    assertEquals(0, scenario.counters.skipped());
    assertEquals(0, scenario.counters.checkedByLengthOnly());
    assertTrue(scenario.proxy.mostInFlight(Kind.GET_OBJECT) <= FetchScenario.IN_FLIGHT);

    scenario.proxy.reset();
    assertEquals(List.of(), scenario.sync());

    assertEquals(0, scenario.counters.copied());
    assertEquals(1_101, scenario.counters.skipped());
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
    assertEquals(2, scenario.proxy.count(Kind.LIST));
    scenario.assertHoldsTheBucket();
  }

  @Test
  void copiesNothingFromAnEmptyBucket() throws IOException {
    assertEquals(List.of(), scenario.sync());
    assertEquals(0, scenario.counters.listed());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void copiesObjectsOfZeroBytes() throws IOException {
    scenario.bucket.put("a", "");
    scenario.bucket.put("b/c", "");
    scenario.sync();
    assertEquals(2, scenario.counters.copied());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void copiesKeysOfUnknownFormInAnyScript() throws IOException {
    for (String key :
        List.of(
            "plain",
            "a b+c%2F&=?#;@:!'()*~\\",
            "Éléphant-日本/x",
            "tab\there",
            "new\nline",
            "control\u0001",
            " spaces ",
            "CoolOrg/a",
            "coolorg/a",
            "deep/er/and/deep/er",
            "...",
            "ＡＢＣ",
            "𠮷野家/🐘")) {
      scenario.bucket.put(key, "bytes of " + key);
    }
    scenario.sync();
    scenario.assertHoldsTheBucket();
    scenario.sync();
    assertEquals(0, scenario.counters.copied());
    assertEquals(13, scenario.counters.skipped());
  }

  /** Java's string order differs from the byte order that S3 uses. */
  @Test
  void sortsKeysBeyondTheBasicPlaneAsS3Does() throws IOException {
    for (String key : List.of("Ａ", "𝐀", "Ａ-x", "𝐀-x", "z")) {
      scenario.bucket.put(key, key);
    }
    scenario.sync();
    scenario.proxy.reset();
    scenario.sync();
    assertEquals(5, scenario.counters.skipped());
    assertEquals(List.of(), scenario.proxy.fetched());
  }

  @Test
  void fetchesNewAndChangedObjectsAndKeepsTheOldBytes() throws IOException {
    scenario.fill(20);
    scenario.bucket.put("changed", "one");
    scenario.bucket.put("resized", "short");
    scenario.sync();
    scenario.proxy.reset();

    scenario.bucket.put("changed", "two");
    scenario.bucket.put("resized", "longer than it was");
    scenario.bucket.put("new", "new");
    scenario.sync();

    assertEquals(
        List.of("changed", "new", "resized"), scenario.proxy.fetched().stream().sorted().toList());
    assertEquals(3, scenario.counters.copied());
    assertEquals(20, scenario.counters.skipped());
    assertEquals(2, scenario.counters.conflicts());
    scenario.assertHoldsTheBucket();
    Map<String, Content> conflicts = scenario.files("conflicts");
    assertEquals(2, conflicts.size());
    conflicts.forEach((path, content) ->
        assertEquals(
            path.startsWith("changed/") ? "one" : "short", new String(content.bytes(), UTF_8)));
  }

  @Test
  void keepsObjectsThatWereDeletedAtTheSource() throws IOException {
    scenario.fill(3);
    scenario.sync();
    byte[] bytes = Files.readAllBytes(scenario.object(FetchScenario.key(1)));
    scenario.bucket.delete(FetchScenario.key(1));
    scenario.sync();
    assertArrayEquals(bytes, Files.readAllBytes(scenario.object(FetchScenario.key(1))));
    assertEquals(2, scenario.counters.listed());
  }

  @Test
  void fetchesAgainFilesThatWereDeletedOrTruncated() throws IOException {
    scenario.fill(10);
    scenario.sync();
    Files.delete(scenario.object(FetchScenario.key(3)));
    Files.write(scenario.object(FetchScenario.key(4)), new byte[0]);
    scenario.proxy.reset();
    scenario.sync();
    assertEquals(
        List.of(FetchScenario.key(3), FetchScenario.key(4)),
        scenario.proxy.fetched().stream().sorted().toList());
    scenario.assertHoldsTheBucket();
  }

  /** Otherwise {@code aws s3 sync} would copy the object, in one direction or the other. */
  @Test
  void restoresAFilesDateWithoutFetchingIt() throws IOException {
    scenario.bucket.put("a", Content.of(new byte[5]), LONG_AGO);
    scenario.bucket.put("b", Content.of(new byte[5]), LONG_AGO);
    scenario.sync();
    scenario.bucket.put("a", Content.of(new byte[5]), LONG_AGO.plusSeconds(86_400));
    Files.setLastModifiedTime(scenario.object("b"), FileTime.from(Instant.now()));
    scenario.sync();
    assertEquals(0, scenario.counters.copied());
    assertEquals(2, scenario.counters.skipped());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void leavesNothingInScratch() throws IOException {
    scenario.fill(100);
    scenario.sync();
    assertEquals(Map.of(), scenario.files("tmp"));
  }
}
