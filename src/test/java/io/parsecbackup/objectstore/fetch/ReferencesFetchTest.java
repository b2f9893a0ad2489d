package io.parsecbackup.objectstore.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import io.parsecbackup.testing.S3Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What a run by references fetches without the listing. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ReferencesFetchTest {

  private static final String KEY = FetchScenario.key(0);

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

  /** A run whose dump refers to these objects. */
  private List<String> sync(Map<String, Integer> references) throws IOException {
    scenario.options = FetchOptions.references(scenario.references(references), false);
    scenario.proxy.reset();
    return scenario.sync();
  }

  /** A run whose dump refers to every object of the bucket. */
  private List<String> sync() throws IOException {
    return sync(all());
  }

  private Map<String, Integer> all() {
    Map<String, Integer> sizes = new TreeMap<>();
    scenario.bucket.objects().forEach((key, object) -> sizes.put(key, object.content().size()));
    return sizes;
  }

  private List<String> keys() {
    return scenario.bucket.list().stream().sorted().toList();
  }

  private List<String> fetched() {
    return scenario.proxy.fetched().stream().sorted().toList();
  }

  /** A run by listing with a dump that refers to nothing yet. */
  private void copyBeforeRowsExist() throws IOException {
    scenario.options = FetchOptions.listing(Optional.of(scenario.references(Map.of())));
    scenario.sync();
    assertEquals(List.of(), scenario.covered());
  }

  @Test
  void sendsNoRequestIfNothingIsNew() throws IOException {
    scenario.fill(60);
    assertEquals(List.of(), sync());
    assertEquals(keys(), scenario.covered());
    assertEquals(60, scenario.counters.copied());
    scenario.assertHoldsTheBucket();

    assertEquals(List.of(), sync());
    assertEquals(List.of(), scenario.proxy.requests());
    assertEquals(60, scenario.counters.skipped());
    assertEquals(0, scenario.counters.copied());
  }

  @Test
  void fetchesEachNewObjectOnceWithoutListing() throws IOException {
    scenario.fill(40);
    sync();
    List<String> added = List.of("Éléphant/x", "𠮷野家/y", "Ａ/z");
    for (String key : added) {
      scenario.bucket.put(key, key);
    }
    scenario.bucket.put("a b+c%2F/&=?#", "");
    assertEquals(List.of(), sync());
    assertEquals(
        List.of("a b+c%2F/&=?#", "Éléphant/x", "Ａ/z", "𠮷野家/y").stream().sorted().toList(),
        fetched());
    assertEquals(4, scenario.proxy.requests().size());
    assertEquals(4, scenario.counters.copied());
    assertEquals(40, scenario.counters.skipped());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void ignoresOrphans() throws IOException {
    scenario.fill(10);
    Map<String, Integer> references = all();
    scenario.bucket.put("CoolOrg/orphan", "no row names it");
    assertEquals(List.of(), sync(references));
    assertEquals(List.copyOf(references.keySet()), List.copyOf(scenario.files("objects").keySet()));
  }

  @Test
  void namesMissingObjectsAndFetchesTheRest() throws IOException {
    scenario.fill(30);
    Map<String, Integer> references = all();
    String gone = FetchScenario.key(7);
    byte[] bytes = scenario.bucket.get(gone).orElseThrow();
    scenario.bucket.delete(gone);

    List<String> missing = sync(references);

    assertEquals(List.of(gone), missing.stream().map(line -> line.split("\t", 2)[0]).toList());
    assertEquals(1, scenario.counters.missing());
    assertEquals(0, scenario.counters.failed());
    scenario.assertHoldsTheBucket();

    // The next run reports it again, and requests nothing else.
    assertEquals(missing, sync(references));
    assertEquals(List.of(gone), fetched());

    scenario.bucket.put(gone, bytes);
    assertEquals(List.of(), sync(references));
    assertEquals(List.of(gone), fetched());
    assertEquals(keys(), scenario.covered());
  }

  @Test
  void namesObjectsThatTheSourceDoesNotReturn() throws IOException {
    scenario.fill(10);
    scenario.options = FetchOptions.references(scenario.references(all()), false);
    scenario.proxy.when(Kind.GET_OBJECT, KEY, Fault.status(403));
    List<String> missing = scenario.sync();
    assertEquals(1, missing.size());
    assertTrue(missing.getFirst().startsWith(KEY + "\t"), missing::toString);
    assertEquals(1, scenario.counters.failed());
    assertEquals(0, scenario.counters.missing());
    assertEquals(9, scenario.covered().size());
  }

  @Test
  void reportsAnObjectOfAnotherSizeThanItsRowAsMissing() throws IOException {
    scenario.bucket.put(KEY, "short");
    scenario.bucket.put("other", "other");
    Map<String, Integer> references = Map.of(KEY, 100, "other", 5);

    List<String> missing = sync(references);

    assertEquals(1, missing.size());
    assertTrue(missing.getFirst().matches(KEY + "\t.*\\b100 bytes\\b.*\\b5"), missing::toString);
    assertEquals(1, scenario.counters.missing());
    assertEquals(List.of("other"), scenario.covered());
    assertEquals("open", scenario.indexed(KEY).get(5));

    assertEquals(missing, sync(references));
    assertEquals(List.of(), scenario.files("conflicts").keySet().stream().toList());

    scenario.bucket.put(KEY, new byte[100]);
    assertEquals(List.of(), sync(references));
    assertEquals(List.of(KEY, "other"), scenario.covered());
    scenario.assertHoldsTheBucket();
    assertEquals("short", conflict());

    assertEquals(List.of(), sync(references));
    assertEquals(List.of(), scenario.proxy.requests());
  }

  /** The only file in conflicts/. */
  private String conflict() throws IOException {
    Map<String, Content> conflicts = scenario.files("conflicts");
    assertEquals(1, conflicts.size());
    conflicts.forEach((path, content) -> assertTrue(path.startsWith(KEY + "/"), path));
    return new String(conflicts.values().iterator().next().bytes(), UTF_8);
  }

  @Test
  void neverProvesAnObjectWhoseRowsHaveDifferentSizes() throws IOException {
    scenario.bucket.put(KEY, new byte[100]);
    Path references = folder.resolve("two-sizes.tsv");
    Files.writeString(references, KEY + "\t100\n" + KEY + "\t200\n");
    scenario.options = FetchOptions.references(references, false);
    for (int run = 0; run < 2; run++) {
      List<String> missing = scenario.sync();
      assertEquals(1, missing.size());
      assertTrue(missing.getFirst().startsWith(KEY + "\t"), missing::toString);
      assertEquals(1, scenario.counters.missing());
      assertEquals(List.of(), scenario.covered());
      scenario.assertHoldsTheBucket();
    }
  }

  @Test
  void rechecksObjectsThatWereCopiedBeforeTheirRowExisted() throws IOException {
    scenario.fill(3);
    copyBeforeRowsExist();
    List<String> answers = answers(() -> assertEquals(List.of(), scenario.sync()));
    // The server does not send the bytes again.
    assertEquals(List.of("304 0", "304 0", "304 0"), answers);
    assertEquals(0, scenario.counters.copied());
    assertEquals(3, scenario.counters.skipped());
    assertEquals(keys(), scenario.covered());
    scenario.assertHoldsTheBucket();

    sync();
    assertEquals(List.of(), scenario.proxy.requests());
  }

  private interface Action {
    void run() throws IOException;
  }

  /** The status codes of all answers and the lengths of their bodies. */
  private List<String> answers(Action action) throws IOException {
    scenario.options = FetchOptions.references(scenario.references(all()), false);
    List<String> answers = Collections.synchronizedList(new ArrayList<>());
    scenario.proxy.reset();
    scenario.proxy.when(
        request -> true,
        Fault.rewrite(answer -> {
          answers.add(answer.status() + " " + answer.body().length);
          return answer;
        }));
    action.run();
    return List.copyOf(answers);
  }

  @Test
  void replacesObjectsThatChangedBeforeTheirRowExisted() throws IOException {
    scenario.bucket.put(KEY, "first try ");
    copyBeforeRowsExist();
    scenario.bucket.put(KEY, "second try");
    assertEquals(List.of(), sync());
    assertEquals(List.of(KEY), scenario.covered());
    assertEquals(1, scenario.counters.conflicts());
    scenario.assertHoldsTheBucket();
    assertEquals("first try ", conflict());
  }

  @Test
  void worksWithAServerWithoutConditionalRequests() throws IOException {
    scenario.bucket.put(KEY, "the same bytes");
    copyBeforeRowsExist();
    scenario.options = FetchOptions.references(scenario.references(all()), false);
    scenario.proxy.reset();
    scenario.proxy.when(
        Kind.GET_OBJECT,
        new Fault.Answer(
            new S3Response(
                200,
                List.of(
                    Map.entry("ETag", '"' + Content.md5("the same bytes".getBytes(UTF_8)) + '"'),
                    Map.entry("Last-Modified", "Sun, 22 Nov 2026 02:00:00 GMT")),
                "the same bytes".getBytes(UTF_8))));
    assertEquals(List.of(), scenario.sync());
    assertEquals(List.of(KEY), scenario.covered());
    assertEquals(0, scenario.counters.conflicts());
    assertEquals(Map.of(), scenario.files("conflicts"));
    assertEquals("the same bytes", Files.readString(scenario.object(KEY)));
  }

  /** Without ETags there is nothing to base a condition on. */
  @Test
  void fetchesAgainObjectsWithoutAnETag() throws IOException {
    scenario.bucket.put(KEY, "bytes");
    scenario.options = FetchOptions.listing(Optional.of(scenario.references(Map.of())));
    scenario.proxy.when(Kind.GET_OBJECT, Fault.rewrite(answer -> without(answer, "ETag")));
    scenario.sync();
    assertEquals("", scenario.indexed(KEY).get(3));

    assertEquals(List.of(), sync());
    assertEquals(List.of(KEY), fetched());
    assertEquals(List.of(KEY), scenario.covered());
  }

  private static S3Response without(S3Response answer, String header) {
    return new S3Response(
        answer.status(),
        answer.headers().stream().filter(h -> !h.getKey().equalsIgnoreCase(header)).toList(),
        answer.body());
  }

  @Test
  void namesObjectsThatWereCopiedBeforeTheirRowExistedAndAreGone() throws IOException {
    scenario.bucket.put(KEY, "first try");
    Map<String, Integer> references = all();
    copyBeforeRowsExist();
    scenario.bucket.delete(KEY);
    assertEquals(1, sync(references).size());
    assertEquals(1, scenario.counters.missing());
    assertEquals(List.of(), scenario.covered());
    assertEquals("first try", Files.readString(scenario.object(KEY)));
  }

  @Test
  void fetchesAgainTruncatedOrLostFilesThatAreNotFinal() throws IOException {
    scenario.fill(3);
    copyBeforeRowsExist();
    Files.delete(scenario.object(FetchScenario.key(0)));
    Files.write(scenario.object(FetchScenario.key(1)), new byte[0]);
    assertEquals(List.of(), sync());
    assertEquals(2, scenario.counters.copied());
    assertEquals(keys(), scenario.covered());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void keepsAFinalObjectEvenIfItsRowHasAnotherSizeNow() throws IOException {
    scenario.bucket.put(KEY, "final");
    scenario.proxy.when(Kind.GET_OBJECT, Fault.rewrite(answer -> without(answer, "ETag")));
    scenario.options = FetchOptions.references(scenario.references(all()), false);
    assertEquals(List.of(), scenario.sync());
    scenario.bucket.put(KEY, "another");
    assertEquals(1, sync().size());
    assertEquals("final", Files.readString(scenario.object(KEY)));
    assertEquals("another", conflict());
  }

  @Test
  void namesKeysThatCannotBeFileNames() throws IOException {
    scenario.fill(2);
    Map<String, Integer> references = all();
    references.put("../x", 5);
    references.put("a//b", 5);
    List<String> missing = sync(references);
    assertEquals(2, scenario.counters.refused());
    assertEquals(
        List.of("../x", "a//b"), missing.stream().map(line -> line.split("\t", 2)[0]).toList());
    assertEquals(2, scenario.counters.missing());
    assertEquals(2, scenario.proxy.requests().size());
    assertArrayEquals(
        scenario.bucket.get(KEY).orElseThrow(), Files.readAllBytes(scenario.object(KEY)));
  }
}
