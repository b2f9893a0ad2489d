package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.fetch.FetchScenario;
import io.parsecbackup.testing.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files are not uploaded. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class DamagedFilesTest {

  private static final String KEY = FetchScenario.key(1);

  @TempDir Path folder;
  private UploadScenario scenario;

  @BeforeEach
  void open() throws IOException {
    scenario = new UploadScenario(folder);
    scenario.target();
    scenario.fill(4);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  private void assertOnlyTheOthersAreSent(String key, String problem) throws IOException {
    scenario.restore();
    assertEquals(1, scenario.counters.damaged());
    assertEquals(scenario.records.size() - 1, scenario.counters.sent());
    assertEquals(scenario.records.size(), scenario.counters.wanted());
    assertFalse(scenario.sentKeys().contains(key));
    String finding = scenario.findings.remove();
    assertTrue(finding.startsWith(key + " " + problem), finding);
    assertTrue(scenario.findings.isEmpty());
    Map<String, String> others = scenario.held();
    assertEquals(scenario.records.size() - 1, others.size());
  }

  @Test
  void reportsAFlippedBit() throws IOException {
    flip(KEY);
    assertOnlyTheOthersAreSent(KEY, "digest: " + scenario.sha256(KEY) + " | ");
  }

  @Test
  void reportsAFlippedBitInAFileThatIsReadTwice() throws IOException {
    scenario.add("large", Content.generated("large", 1, 9 << 20).bytes());
    flip("large");
    assertOnlyTheOthersAreSent("large", "digest: ");
  }

  @Test
  void reportsATruncatedFile() throws IOException {
    Files.write(scenario.file(KEY), Arrays.copyOf(scenario.bytes(KEY), 40));
    assertOnlyTheOthersAreSent(KEY, "size: 101 bytes | 40 bytes");
  }

  @Test
  void reportsALostFile() throws IOException {
    Files.delete(scenario.file(KEY));
    assertOnlyTheOthersAreSent(KEY, "lost: 101 bytes | no such file");
  }

  @Test
  void reportsALinkAsALostFile() throws IOException {
    Path elsewhere = Files.move(scenario.file(KEY), folder.resolve("elsewhere"));
    Files.createSymbolicLink(scenario.file(KEY), elsewhere);
    assertOnlyTheOthersAreSent(KEY, "lost: ");
  }

  @Test
  void uploadsTheOlderBytesFromConflicts() throws IOException {
    Path displaced =
        Path.of(scenario.repository.storage().location())
            .resolve("conflicts")
            .resolve(KEY)
            .resolve(scenario.sha256(KEY));
    Files.createDirectories(displaced.getParent());
    Files.move(scenario.file(KEY), displaced);
    Files.write(scenario.file(KEY), new byte[101]);
    String md5 = Content.md5(Files.readAllBytes(displaced));
    scenario.restore();
    assertEquals(4, scenario.counters.sent());
    assertEquals(0, scenario.counters.damaged());
    assertEquals(md5, scenario.held().get(KEY));

    scenario.target().delete(KEY);
    Files.write(displaced, new byte[101]);
    scenario.restore();
    assertEquals(1, scenario.counters.damaged());
    assertTrue(scenario.target().get(KEY).isEmpty());
  }

  @Test
  void keepsTheTargetsBytesIfItsOwnAreDamaged() throws IOException {
    scenario.target().put(KEY, "theirs");
    flip(KEY);
    scenario.restore(true, false);
    assertEquals(1, scenario.counters.damaged());
    assertEquals(0, scenario.counters.replaced());
    assertEquals(Content.md5("theirs".getBytes(StandardCharsets.UTF_8)), scenario.held().get(KEY));
  }

  private void flip(String key) throws IOException {
    byte[] bytes = scenario.bytes(key);
    bytes[bytes.length / 2] ^= 4;
    Files.write(scenario.file(key), bytes);
  }
}
