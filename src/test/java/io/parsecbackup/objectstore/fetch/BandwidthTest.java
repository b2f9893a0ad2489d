package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.objectstore.content.RateLimit;
import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The limit of bytes a second applies to all transfers together. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BandwidthTest {

  @TempDir Path folder;

  @Test
  void limitsAWholeRun() throws IOException {
    try (FetchScenario scenario = new FetchScenario(folder)) {
      for (int i = 0; i < 40; i++) {
        String key = FetchScenario.key(i);
        scenario.bucket.put(key, Content.generated(key, 1, 50_000));
      }
      scenario.bandwidthLimit = FetchScenario.bytes(1_000_000);
      long start = System.nanoTime();
      scenario.sync();
      double seconds = (System.nanoTime() - start) / 1e9;
      // 2 MB. A busy machine may be slower; no machine may be faster.
      assertTrue(seconds >= 2 / 1.2, "took " + seconds + " s");
      scenario.assertHoldsTheBucket();
    }
  }

  /** Each transfer waits longer for its turn than the time limit for a silent server. */
  @Test
  void doesNotTimeOutATransferThatTheLimitDelays() throws IOException {
    try (FetchScenario scenario = new FetchScenario(folder)) {
      for (int i = 0; i < 12; i++) {
        String key = FetchScenario.key(i);
        scenario.bucket.put(key, Content.generated(key, 1, 500_000));
      }
      scenario.bandwidthLimit = FetchScenario.bytes(1_000_000);
      assertEquals(List.of(), scenario.sync());
      assertEquals(12, scenario.proxy.count(Kind.GET_OBJECT));
      scenario.assertHoldsTheBucket();
    }
  }

  @Test
  void isOffIfItIsZero() throws IOException {
    try (FetchScenario scenario = new FetchScenario(folder)) {
      scenario.fill(3);
      scenario.bandwidthLimit = FetchScenario.bytes(0);
      scenario.sync();
      scenario.assertHoldsTheBucket();
    }
  }

  @Test
  void isSharedByAllThreads() throws InterruptedException {
    RateLimit limit = new RateLimit(OptionalLong.of(100_000));
    long start = System.nanoTime();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int chunk = 0; chunk < 5; chunk++) {
                  limit.take(5_000);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(seconds >= 0.95, "took " + seconds + " s");
  }

  @Test
  void makesUpAtMostAFifthOfASecond() {
    RateLimit limit = new RateLimit(OptionalLong.of(1_000_000));
    limit.take(1);
    long start = System.nanoTime();
    limit.take(300_000);
    assertTrue(System.nanoTime() - start >= 95_000_000);
  }
}
