package io.parsecbackup.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Servers that list in their own way. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ListingTest {

  @TempDir Path folder;
  private SyncScenario scenario;

  @BeforeEach
  void open() {
    scenario = new SyncScenario(folder);
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
  void mayHavePagesOfAnySize() throws IOException {
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
  void mayBeInAnyOrder() throws IOException {
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
  void mayBeSortedAsJavaSorts() throws IOException {
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
  void mayNameAnObjectTwice() throws IOException {
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
  void mayRepeatAWholePage() throws IOException {
    List<String> keys = keys();
    OwnListing.serve(scenario.proxy, scenario.bucket, keys.subList(0, 30), keys.subList(20, 60));
    scenario.sync();
    assertEquals(0, scenario.counters.failed());
    assertEquals(0, scenario.counters.conflicts());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void isRefusedWhenItGoesOnWithoutSayingWhere() {
    scenario.proxy.when(Kind.LIST, OwnListing.answer("<IsTruncated>true</IsTruncated>"));
    assertProblem("no continuation token");
  }

  @Test
  void isRefusedWhenItsPagesGoRound() {
    scenario.proxy.when(
        Kind.LIST,
        OwnListing.answer(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"));
    assertProblem("same continuation token");
    assertEquals(2, scenario.proxy.count(Kind.LIST));
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
