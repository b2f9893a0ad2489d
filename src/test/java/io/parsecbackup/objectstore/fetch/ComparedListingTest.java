package io.parsecbackup.objectstore.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.listing.OwnListing;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.FileFacts;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What a run by references finds when it also compares the whole listing. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ComparedListingTest {

  private static final String KEY = FetchScenario.key(0);

  @TempDir Path folder;
  private FetchScenario scenario;
  private Path references;

  @BeforeEach
  void open() throws IOException {
    scenario = new FetchScenario(folder);
    scenario.fill(20);
    references = scenario.referencesTo(scenario.bucket.list());
    sync(false);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  /** Runs, and expects that no object is missing. */
  private void sync(boolean compare) throws IOException {
    scenario.options = FetchOptions.references(references, compare);
    scenario.proxy.reset();
    assertEquals(List.of(), scenario.sync());
  }

  @Test
  void fetchesNothingIfNothingWasReplaced() throws IOException {
    sync(true);
    assertEquals(1, scenario.proxy.count(Kind.LIST));
    assertEquals(1, scenario.proxy.requests().size());
    assertEquals(20, scenario.counters.skipped());
    assertEquals(0, scenario.counters.orphans());
    assertEquals(0, scenario.counters.gone());
  }

  @Test
  void keepsItsBytesAndStoresTheSourcesAsAConflict() throws IOException {
    byte[] ours = scenario.bucket.get(KEY).orElseThrow();
    byte[] theirs = new byte[ours.length];
    scenario.bucket.put(KEY, theirs);
    for (int comparison = 0; comparison < 2; comparison++) {
      sync(true);
      assertEquals(1, scenario.counters.conflicts());
      assertUnchanged(ours);
      Map<String, Content> conflicts = scenario.files("conflicts");
      assertEquals(List.of(KEY + "/" + FileFacts.sha256(theirs)), List.copyOf(conflicts.keySet()));
      assertEquals(Content.md5(theirs), conflicts.values().iterator().next().md5());
    }
    sync(false);
    assertEquals(0, scenario.counters.conflicts());
    assertEquals(List.of(), scenario.proxy.requests());
  }

  private void assertUnchanged(byte[] ours) throws IOException {
    assertEquals(Content.md5(ours), Content.md5(Files.readAllBytes(scenario.object(KEY))));
    List<String> entry = scenario.indexed(KEY);
    assertEquals(FileFacts.sha256(ours), entry.get(2));
    assertEquals("covered", entry.get(5));
  }

  @Test
  void keepsItsBytesIfTheSourcesHaveAnotherSizeOrCannotBeRead() throws IOException {
    byte[] ours = scenario.bucket.get(KEY).orElseThrow();
    scenario.bucket.put(KEY, "another size");
    scenario.options = FetchOptions.references(references, true);
    scenario.proxy.when(Kind.GET_OBJECT, KEY, Fault.status(403));
    assertEquals(List.of(), scenario.sync());
    assertUnchanged(ours);
    sync(true);
    assertEquals(1, scenario.counters.conflicts());
    assertUnchanged(ours);
  }

  @Test
  void reportsNoConflictIfTheSameBytesWereUploadedAgain() throws IOException {
    StoredObject same = scenario.bucket.object(KEY).orElseThrow();
    scenario.bucket.put(
        KEY,
        new StoredObject(
            same.content(),
            same.etag() + "-2",
            same.lastModified().plusSeconds(3600),
            same.metadata(),
            same.contentType()));
    sync(true);
    assertEquals(1, scenario.proxy.count(Kind.GET_OBJECT));
    assertEquals(0, scenario.counters.conflicts());
    assertEquals(Map.of(), scenario.files("conflicts"));
    assertUnchanged(same.content().bytes());
    // The new ETag is recorded.
    sync(true);
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
  }

  @Test
  void countsOrphansWithoutFetchingThem() throws IOException {
    scenario.bucket.put("CoolOrg/orphan", "no row names it");
    scenario.bucket.put("CoolOrg/3b91779235ac409f9af1fe6de8d2b905", "nor this");
    sync(true);
    assertEquals(2, scenario.counters.orphans());
    assertEquals(22, scenario.counters.listed());
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
    assertEquals(20, scenario.files("objects").size());
  }

  @Test
  void countsObjectsThatOnlyTheRepositoryHas() throws IOException {
    scenario.bucket.delete(KEY);
    sync(true);
    assertEquals(1, scenario.counters.gone());
    assertEquals(0, scenario.counters.missing());
    assertEquals(0, scenario.proxy.count(Kind.GET_OBJECT));
    assertTrue(Files.exists(scenario.object(KEY)));
  }

  @Test
  void fetchesAgainAFinalObjectWhoseFileIsLostOrTruncated() throws IOException {
    Files.delete(scenario.object(KEY));
    Files.write(scenario.object(FetchScenario.key(1)), new byte[3]);
    sync(true);
    assertEquals(2, scenario.proxy.count(Kind.GET_OBJECT));
    assertEquals(20, scenario.covered().size());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void losesNothingIfTheServerListsTwiceAndOutOfOrder() throws IOException {
    scenario.bucket.put("CoolOrg/orphan", "no row names it");
    scenario.bucket.put(KEY, "replaced");
    List<String> keys = new ArrayList<>(scenario.bucket.list());
    Collections.reverse(keys);
    scenario.options = FetchOptions.references(references, true);
    scenario.proxy.reset();
    OwnListing.serve(
        scenario.proxy,
        scenario.bucket,
        keys.subList(0, 12),
        keys.subList(8, 21),
        keys.subList(0, 2));
    assertEquals(List.of(), scenario.sync());
    assertEquals(List.of(KEY), scenario.proxy.fetched());
    assertEquals(21, scenario.counters.listed());
    assertEquals(1, scenario.counters.orphans());
    assertEquals(0, scenario.counters.gone());
    assertEquals(1, scenario.counters.conflicts());
  }

  @Test
  void fetchesNoBytesIfETagsAreNotMd5s() throws IOException {
    Set<String> known = Set.copyOf(scenario.bucket.list());
    for (int i = 20; i < 25; i++) {
      scenario.bucket.put(FetchScenario.key(i), "bytes of " + i);
    }
    references = scenario.referencesTo(scenario.bucket.list());
    scenario.options = FetchOptions.references(references, false);
    scenario.proxy.when(request -> true, Fault.multipartEtag());
    assertEquals(List.of(), scenario.sync());
    assertEquals(5, scenario.counters.checkedByLengthOnly());

    // The old objects look replaced but are not: the server answers that they have not changed.
    scenario.options = FetchOptions.references(references, true);
    scenario.proxy.reset();
    scenario.proxy.when(request -> true, Fault.multipartEtag());
    assertEquals(List.of(), scenario.sync());
    assertEquals(known, Set.copyOf(scenario.proxy.fetched()));
    assertEquals(0, scenario.counters.copied());
    assertEquals(25, scenario.counters.skipped());
    assertEquals(0, scenario.counters.conflicts());
    assertEquals(25, scenario.covered().size());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void fetchesNewObjectsToo() throws IOException {
    for (int i = 20; i < 30; i++) {
      scenario.bucket.put(FetchScenario.key(i), "bytes of " + i);
    }
    references = scenario.referencesTo(scenario.bucket.list());
    sync(true);
    assertEquals(10, scenario.proxy.count(Kind.GET_OBJECT));
    assertEquals(30, scenario.covered().size());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void doesNotProveAnObjectThatIsListedWithAnotherSizeThanItsRowHas() throws IOException {
    scenario.bucket.put("CoolOrg/new", "short");
    Map<String, Integer> sizes = new TreeMap<>(Map.of("CoolOrg/new", 100));
    scenario
        .bucket
        .objects()
        .forEach((key, object) -> sizes.putIfAbsent(key, object.content().size()));
    scenario.options = FetchOptions.references(scenario.references(sizes), true);
    for (int run = 0; run < 2; run++) {
      List<String> missing = scenario.sync();
      assertEquals(1, missing.size());
      assertTrue(missing.getFirst().startsWith("CoolOrg/new\t"), missing::toString);
      assertFalse(scenario.covered().contains("CoolOrg/new"));
    }
    scenario.bucket.put("CoolOrg/new", "x".repeat(100).getBytes(UTF_8));
    assertEquals(List.of(), scenario.sync());
    assertTrue(scenario.covered().contains("CoolOrg/new"));
  }
}
