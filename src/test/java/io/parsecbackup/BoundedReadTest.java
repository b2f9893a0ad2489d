package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BoundedReadTest {

  private final AtomicInteger reads = new AtomicInteger();
  private final CountDownLatch disk = new CountDownLatch(1);

  private BoundedRead<Integer> read(Duration wait, Duration keep, int hangsFrom) {
    return new BoundedRead<>(
        "a number",
        new BoundedRead.Times(wait, keep),
        () -> {
          int number = reads.incrementAndGet();
          if (number >= hangsFrom) {
            hang();
          }
          return number;
        });
  }

  private void hang() throws IOException {
    try {
      disk.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void readsAgainOrReusesTheResult() throws IOException {
    BoundedRead<Integer> each = read(Duration.ofSeconds(10), Duration.ZERO, 100);
    assertEquals(1, each.get().value());
    assertEquals(2, each.get().value());
    BoundedRead<Integer> kept = read(Duration.ofSeconds(10), Duration.ofMinutes(1), 100);
    assertEquals(3, kept.get().value());
    assertEquals(3, kept.get().value());
    assertFalse(kept.get().late());
  }

  @Test
  void returnsTheLastValueWhileTheDiskHangsAndReadsOnce() throws IOException {
    BoundedRead<Integer> read = read(Duration.ofMillis(100), Duration.ZERO, 2);
    // On a busy machine the thread of the first read may start late.
    Awaitility.await().ignoreExceptions().until(() -> read.get().value() == 1);
    long before = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      BoundedRead.Known<Integer> known = read.get();
      assertEquals(1, known.value());
      assertTrue(known.late());
    }
    // Only the first waits.
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(4).toNanos());
    assertEquals(2, reads.get());
    disk.countDown();
    Awaitility.await().until(() -> !read.get().late());
  }

  @Test
  void failsIfNothingIsKnownYet() {
    BoundedRead<Integer> read = read(Duration.ofMillis(50), Duration.ZERO, 1);
    Problem problem = assertThrows(Problem.class, read::get);
    assertEquals(Problem.Kind.REPOSITORY, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).contains("did not answer"));
    disk.countDown();
  }

  @Test
  void throwsWhatTheReadThrew() {
    BoundedRead<Integer> read =
        new BoundedRead<>(
            "a number",
            BoundedRead.Times.USUAL,
            () -> {
              if (reads.incrementAndGet() == 1) {
                throw new IOException("broken");
              }
              throw new Problem(Problem.Kind.NOT_FOUND, "gone");
            });
    assertThrows(IOException.class, read::get);
    assertThrows(Problem.class, read::get);
  }
}
