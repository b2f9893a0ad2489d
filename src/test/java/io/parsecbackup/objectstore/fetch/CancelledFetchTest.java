package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.Source;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A cancelled run stops soon and leaves nothing half-written. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class CancelledFetchTest {

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
  void endsSoonWithWholeObjectsOnly() throws Exception {
    for (int i = 0; i < 400; i++) {
      String key = FetchScenario.key(i);
      scenario.bucket.put(key, Content.generated(key, 1, 60_000));
    }
    cancelAfter(40);
    assertTrue(scenario.counters.copied() < 400);
    Map<String, Content> files = scenario.files("objects");
    files.forEach((key, content) ->
        assertEquals(scenario.bucket.object(key).orElseThrow().etag(), content.md5()));
  }

  @Test
  void endsSoonWhileTheServerIsSilent() throws Exception {
    scenario.fill(60);
    scenario.proxy.when(Kind.GET_OBJECT, new Fault.Delay(Duration.ofMinutes(5))).every(3);
    cancelAfter(10);
  }

  @Test
  void endsSoonBetweenTwoTries() throws Exception {
    scenario.fill(60);
    scenario.proxy.when(Kind.GET_OBJECT, new Fault.Drop()).every(2);
    cancelAfter(10);
  }

  @Test
  void endsSoonUnderANarrowLimit() throws Exception {
    for (int i = 0; i < 50; i++) {
      String key = FetchScenario.key(i);
      scenario.bucket.put(key, Content.generated(key, 1, 60_000));
    }
    scenario.bandwidthLimit = FetchScenario.bytes(2_000);
    // Such a low limit allows one transfer at a time.
    cancelAfter(0, 1);
  }

  @Test
  void doesNotStartIfAlreadyCancelled() {
    scenario.fill(5);
    scenario.cancellation.cancel("test");
    Problem problem = assertThrows(Problem.class, scenario::sync);
    assertEquals(Problem.Kind.CANCELLED, problem.kind());
    assertEquals(0, scenario.counters.copied());
  }

  private void cancelAfter(int copied) throws Exception {
    cancelAfter(copied, FetchScenario.IN_FLIGHT);
  }

  /**
   * Cancels after so many objects are copied and so many are requested, and checks what is left
   * when the run ends.
   */
  private void cancelAfter(int copied, int asked) throws Exception {
    long freeBefore = scenario.freeMemory();
    try (RepositoryLocks.Held lock = scenario.repository.lock("test")) {
      scenario.repository.bind(new Source(Optional.of("1"), "parsec", List.of("parsec")));
      try (Workspace workspace = scenario.repository.reserve(lock, Instant.now())) {
        CompletableFuture<Problem> end = new CompletableFuture<>();
        Thread.ofPlatform()
            .start(() -> {
              try {
                scenario
                    .fetcher()
                    .fetch(
                        FetchOptions.listing(Optional.empty()),
                        scenario.blockstore(),
                        scenario.repository,
                        workspace,
                        scenario.counters,
                        scenario.cancellation);
                end.completeExceptionally(new AssertionError("it was not cancelled"));
              } catch (Problem problem) {
                end.complete(problem);
              } catch (IOException | RuntimeException e) {
                end.completeExceptionally(e);
              }
            });
        Awaitility.await()
            .pollInterval(Duration.ofMillis(2))
            .atMost(Duration.ofSeconds(30))
            .until(() ->
                scenario.counters.copied() >= copied
                    && scenario.proxy.count(Kind.GET_OBJECT) >= asked);
        scenario.cancellation.cancel("by the test");
        Problem problem = end.get(5, TimeUnit.SECONDS);
        assertEquals(Problem.Kind.CANCELLED, problem.kind());
        assertEquals(freeBefore, scenario.freeMemory());
        assertNothingChanges();
      }
    }
    assertTrue(
        scenario.files("tmp").keySet().stream().allMatch(file -> file.endsWith("journal.tsv")),
        scenario.files("tmp").keySet().toString());
  }

  private void assertNothingChanges() throws IOException {
    Map<String, String> then = everything();
    Awaitility.await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(5))
        .until(() -> everything().equals(then));
  }

  private Map<String, String> everything() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(Path.of(scenario.repository.storage().location()))) {
      for (Path file : tree.toList()) {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        all.put(file.toString(), attributes.size() + " " + attributes.lastModifiedTime());
      }
    }
    return all;
  }
}
