package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Objects that stay unreadable are counted and named, and all others are copied. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LastingFailuresTest {

  private static final int TRIES = 1 + FetchScenario.RETRIES.moreTries();

  @TempDir Path folder;
  private FetchScenario scenario;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
    scenario.fill(20);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  private void add(String key, Fault fault) {
    scenario.bucket.put(key, Content.generated(key, 1, 5_000));
    scenario.proxy.when(Kind.GET_OBJECT, key, fault);
  }

  @Test
  void areCountedAndListedWithTheirReason() throws IOException {
    Map<String, StoredObject> readable = new TreeMap<>(scenario.bucket.objects());
    add("bad/403", Fault.status(403));
    add("bad/500", Fault.status(500));
    add("bad/corrupt", Fault.corruptByte(99));
    add("bad/cut", new Fault.Cut(4_999));
    add("bad/dropped", new Fault.Drop());
    add("bad/gone", Fault.status(404));

    List<String> lines = scenario.sync();

    Map<String, String> reasons =
        lines.stream()
            .map(line -> line.split("\t", 2))
            .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    assertEquals(
        List.of("bad/403", "bad/500", "bad/corrupt", "bad/cut", "bad/dropped", "bad/gone"),
        reasons.keySet().stream().sorted().toList());
    assertEquals("the server answered 403 AccessDenied", reasons.getOrDefault("bad/403", ""));
    assertEquals("the server answered 500 InternalError", reasons.getOrDefault("bad/500", ""));
    assertEquals("the server answered 404 NoSuchKey", reasons.getOrDefault("bad/gone", ""));
    assertTrue(
        reasons.getOrDefault("bad/corrupt", "").contains("MD5"),
        reasons.getOrDefault("bad/corrupt", ""));
    assertFalse(reasons.getOrDefault("bad/cut", "").isBlank());
    assertEquals(20, scenario.counters.copied());
    assertEquals(5, scenario.counters.failed());
    assertEquals(1, scenario.counters.missing());
    scenario.assertHolds(readable);
    assertEquals(Map.of(), scenario.files("tmp"));
    assertEquals(1, tries("bad/403"));
    assertEquals(1, tries("bad/gone"));
    assertEquals(TRIES, tries("bad/500"));
    assertEquals(TRIES, tries("bad/corrupt"));
    assertEquals(TRIES, tries("bad/cut"));
    assertEquals(TRIES, tries("bad/dropped"));
  }

  @Test
  void areRetriedByTheNextRun() throws IOException {
    add("bad", Fault.status(500));
    scenario.sync();
    scenario.proxy.reset();
    assertEquals(List.of(), scenario.sync());
    assertEquals(List.of("bad"), scenario.proxy.fetched());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void keepTheOldBytesIfTheNewOnesCannotBeRead() throws IOException {
    scenario.bucket.put("a", "old");
    scenario.sync();
    scenario.bucket.put("a", "new");
    scenario.proxy.when(Kind.GET_OBJECT, "a", Fault.status(500));
    scenario.sync();
    assertEquals(1, scenario.counters.failed());
    assertEquals("old", Files.readString(scenario.object("a")));
    assertEquals(Map.of(), scenario.files("conflicts"));
  }

  private long tries(String key) {
    return scenario.proxy.fetched().stream().filter(key::equals).count();
  }
}
