package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Keys that cannot be file names are counted, never fetched, and affect no other key. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class RefusedKeysTest {

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

  private void put(String... keys) {
    for (String key : keys) {
      scenario.bucket.put(key, key);
    }
  }

  @Test
  void includeKeysThatLeaveTheFolderOrThatNoFileSystemCanStore() throws IOException {
    List<String> refused =
        List.of(
            "../x",
            "/x",
            "a//b",
            "a/",
            "a/../../x",
            "a/./b",
            ".",
            "..",
            "nul\0here",
            "n".repeat(300),
            "日".repeat(86),
            "deep/".repeat(250) + "x");
    put(refused.toArray(new String[0]));
    put("a/b", "fine");
    assertEquals(List.of(), scenario.sync());
    assertEquals(refused.size(), scenario.counters.refused());
    assertEquals(refused.size() + 2, scenario.counters.listed());
    assertEquals(2, scenario.counters.copied());
    assertEquals(0, scenario.counters.failed());
    assertEquals(List.of("a/b", "fine"), List.copyOf(scenario.files("objects").keySet()));
    assertEquals(List.of("a/b", "fine"), scenario.proxy.fetched().stream().sorted().toList());
    assertFalse(Files.exists(Path.of(scenario.repository.storage().location()).resolve("x")));
    assertEquals(Map.of(), scenario.files("conflicts"));
  }

  @Test
  void includeAKeyBelowAnotherInThisRunAndTheNext() throws IOException {
    put("a", "a-c", "a.txt", "a/b", "a/b/c", "ab");
    for (int run = 0; run < 2; run++) {
      scenario.sync();
      assertEquals(2, scenario.counters.refused());
      assertEquals(run == 0 ? 4 : 0, scenario.counters.copied());
      assertEquals(
          List.of("a", "a-c", "a.txt", "ab"), List.copyOf(scenario.files("objects").keySet()));
    }
  }

  /** Nothing is ever deleted in the repository, so the first key keeps its place. */
  @Test
  void includeAKeyWhoseNameIsAFolder() throws IOException {
    put("a/b");
    scenario.sync();
    put("a", "a/c");
    scenario.sync();
    assertEquals(1, scenario.counters.refused());
    assertEquals(1, scenario.counters.skipped());
    assertEquals(1, scenario.counters.copied());
    assertEquals(List.of("a/b", "a/c"), List.copyOf(scenario.files("objects").keySet()));
  }

  @Test
  void includeAKeyBelowAnExistingFile() throws IOException {
    put("a");
    scenario.sync();
    scenario.bucket.delete("a");
    put("a/b");
    scenario.sync();
    assertEquals(1, scenario.counters.refused());
    assertEquals(List.of("a"), List.copyOf(scenario.files("objects").keySet()));
  }
}
