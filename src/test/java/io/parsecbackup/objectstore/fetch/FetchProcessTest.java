package io.parsecbackup.objectstore.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.testing.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes with little memory or on a full disk. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class FetchProcessTest {

  private static final int MIB = 1 << 20;

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

  /** The output of a run in a separate process, started by a shell that first sets a limit. */
  private String sync(String limit, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", limit + "exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            FetchMain.class.getName(),
            scenario.s3.endpoint().toString(),
            scenario.bucket.name(),
            scenario.s3.accessKey(),
            Path.of(scenario.repository.storage().location()).toString()));
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SECRET", scenario.s3.secretKey());
    builder.redirectOutput(output.toFile());
    Process process = builder.start();
    try {
      int code = process.waitFor();
      String said = Files.readString(output, UTF_8);
      assertEquals(0, code, said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  /** The data that waits for the disk is limited, so an object may be larger than the memory. */
  @Test
  void streamsAnObjectThatIsLargerThanMemory() throws Exception {
    scenario.bucket.put("large", Content.generated("large", 1, 200 * MIB));
    String said = sync("", "-Xmx64m", "-XX:MaxDirectMemorySize=32m");
    assertTrue(said.contains("copied=1"), said);
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    try (var in = Files.newInputStream(scenario.object("large"))) {
      byte[] chunk = new byte[MIB];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        md5.update(chunk, 0, n);
      }
    }
    assertEquals(
        scenario.bucket.object("large").orElseThrow().etag(),
        HexFormat.of().formatHex(md5.digest()));
  }

  @Test
  void holdsNoMoreInMemoryForManyObjects() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      String key = FetchScenario.key(i);
      scenario.bucket.put(key, Content.generated(key, 1, 64 * 1024));
    }
    String said = sync("", "-Xmx64m", "-XX:MaxDirectMemorySize=32m");
    assertTrue(said.contains("copied=1000"), said);
    assertTrue(said.contains("failed=0"), said);
  }

  /**
   * A limit on the size of files simulates a full disk: the write fails in the same place, with
   * another message.
   */
  @Test
  void stopsWhenTheDiskIsFull() throws Exception {
    for (int i = 0; i < 40; i++) {
      scenario.bucket.put("small/" + i, Content.generated("small" + i, 1, 1_000));
    }
    scenario.bucket.put("too-large", Content.generated("too-large", 1, 8 * MIB));
    String said = sync("ulimit -f 4096; ");
    assertTrue(said.contains("IOException: "), said);
    assertTrue(said.contains("failed=0"), said);
    assertFalse(Files.exists(scenario.object("too-large")));
    Map<String, Content> files = scenario.files("objects");
    files.forEach((key, content) ->
        assertEquals(scenario.bucket.object(key).orElseThrow().etag(), content.md5()));
    assertOnlyJournalsAreLeft();
  }

  private void assertOnlyJournalsAreLeft() throws IOException {
    assertTrue(
        scenario.files("tmp").keySet().stream().allMatch(file -> file.endsWith("journal.tsv")),
        scenario.files("tmp").keySet().toString());
  }
}
