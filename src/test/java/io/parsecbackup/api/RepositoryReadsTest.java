package io.parsecbackup.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.BoundedRead;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RepositoryReadsTest {

  private static Problem problem(RepositoryReads reads, BoundedRead.Read<?> read) {
    Problem problem = assertThrows(Problem.class, () -> reads.read(read));
    assertEquals(Problem.Kind.REPOSITORY, problem.kind());
    return problem;
  }

  @Test
  void startsNoMoreReadsThanItHasThreadsWhileTheDiskHangs() {
    RepositoryReads reads = new RepositoryReads(2, Duration.ofMillis(100));
    CountDownLatch disk = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      Problem silent =
          problem(
              reads,
              () -> {
                begun.incrementAndGet();
                try {
                  disk.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                return 1;
              });
      assertTrue(String.valueOf(silent.getMessage()).contains("does not answer"));
    }
    assertEquals(2, begun.get());
    disk.countDown();
    Awaitility.await().ignoreExceptions().until(() -> reads.read(() -> 7) == 7);
  }

  @Test
  void limitsTheCallersThatWaitForAStart() {
    RepositoryReads reads = new RepositoryReads(1, Duration.ofSeconds(10));
    assertEquals(7, reads.start(() -> 7));
    // To another caller this looks like a read that hangs.
    reads.start(() -> assertThrows(Problem.class, () -> reads.start(() -> 7)));
    assertEquals(7, reads.start(() -> 7));
  }

  @Test
  void reportsAFailedDiskWithoutItsPath() {
    RepositoryReads reads = new RepositoryReads(2, Duration.ofSeconds(10));
    String message =
        String.valueOf(
            problem(
                    reads,
                    () -> {
                      throw new IOException("/secret/path");
                    })
                .getMessage());
    assertTrue(message.startsWith("the repository cannot be read") && !message.contains("secret"));
    problem(
        reads,
        () -> {
          throw new UncheckedIOException(new IOException("x"));
        });
    assertThrows(
        IllegalStateException.class,
        () ->
            reads.read(() -> {
              throw new IllegalStateException();
            }));
  }
}
