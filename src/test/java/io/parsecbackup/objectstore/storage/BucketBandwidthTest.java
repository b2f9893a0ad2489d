package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.content.Bandwidth;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.testing.EmbeddedS3;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The limit of bytes per second of a repository in a bucket. A busy machine may be slower, so these
 * tests only check that none is faster.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BucketBandwidthTest {

  private static final EmbeddedS3 SERVER = EmbeddedS3.withConditions();
  private static final String NAME = "backups/20261122T020000Z/database.dump";
  private static final int RATE = 10 << 20;

  @TempDir Path folder;
  private BucketStorage storage;

  @BeforeEach
  void open() throws IOException {
    storage = BucketScenario.in(SERVER, folder).open(OptionalLong.of(RATE));
    storage.createFolders();
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Work that moves bytes. */
  private interface Work {
    void run() throws IOException;
  }

  private static void assertTakes(int bytes, Work work) throws IOException {
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    // The limit makes up for up to 0.2 s in which nothing was transferred.
    assertTrue(seconds >= (double) bytes / RATE - 0.2, "took " + seconds + " s");
  }

  @Test
  void limitsThePartsOfADumpAndItsDownload() throws IOException {
    byte[] dump = random(BucketScenario.PART + (1 << 20));
    Path file = Files.write(storage.scratch().resolve("dump"), dump);
    Content content = Content.of(file, Sha256.of(dump));
    assertTakes(dump.length, () -> storage.put(NewFile.ifAbsent(NAME, content)));
    assertTrue(storage.find(NAME).orElseThrow().tag().endsWith("-2"));
    assertTakes(
        dump.length,
        () -> {
          try (InputStream in = storage.open(NAME)) {
            assertArrayEquals(dump, in.readAllBytes());
          }
        });
  }

  @Test
  void limitsAllObjectsTogether() throws IOException {
    byte[] block = random(512 << 10);
    assertTakes(
        10 * block.length,
        () -> {
          for (int i = 0; i < 10; i++) {
            storage.put(NewFile.ifAbsent("objects/CoolOrg/" + i, Content.of(block)));
          }
        });
    assertEquals(block.length, storage.find("objects/CoolOrg/9").orElseThrow().size());
  }

  @Test
  void sharesTheLimitWithTransfersFromTheSource() {
    Bandwidth all = BucketScenario.CLIENTS.bandwidth(OptionalLong.of(1000));
    all.forRun().received().take(500);
    long start = System.nanoTime();
    all.forRun().sent().take(1);
    all.forRun().received().take(100);
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(seconds >= 0.09, "took " + seconds + " s");
  }

  @Test
  void doesNotDelayWhatIsSentForWhatIsReceived() throws InterruptedException {
    try (Bandwidth run = Bandwidth.of(OptionalLong.of(1)).forRun()) {
      Thread receiver = Thread.ofVirtual().start(() -> run.received().take(1_000_000));
      Thread sender = Thread.ofVirtual().start(() -> run.sent().take(0));
      sender.join();
      assertTrue(receiver.isAlive());
      run.close();
      receiver.join();
    }
  }
}
