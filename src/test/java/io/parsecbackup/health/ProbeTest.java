package io.parsecbackup.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.backup.doctor.CheckResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class ProbeTest {

  private static final CheckResult WELL = CheckResult.ok("bucket", "fine");

  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void checksOnceForManyProbes() {
    Probe probe = probe(times(5_000, 60_000, 60_000), () -> WELL);
    for (int i = 0; i < 10; i++) {
      assertEquals(Status.UP, probe.answer().getStatus());
    }
    assertEquals(1, looks.get());
  }

  @Test
  void checksAgainWhenTheResultIsStale() {
    Probe probe = probe(times(5_000, 1, 60_000), () -> WELL);
    probe.answer();
    Awaitility.await()
        .untilAsserted(() -> {
          probe.answer();
          assertTrue(looks.get() >= 2);
        });
  }

  @Test
  void namesTheKindOfAFailureAndNothingElse() {
    Problem problem = new Problem(Problem.Kind.OBJECT_STORE, "the key AKIA of /secret/path");
    Probe probe = probe(times(5_000, 60_000, 60_000), () -> CheckResult.failed("bucket", problem));

    assertDown(probe, "OBJECT_STORE");
  }

  @Test
  void isDownIfTheCheckFails() {
    Probe probe =
        probe(
            times(5_000, 60_000, 60_000),
            () -> {
              throw new IllegalStateException("secret");
            });

    assertDown(probe, "INTERNAL");
  }

  @Test
  void answersWhileThePartyHangsAndChecksItOnce() {
    CountDownLatch never = new CountDownLatch(1);
    Probe probe =
        probe(
            times(10, 60_000, 60_000),
            () -> {
              await(never);
              return WELL;
            });

    assertDown(probe, "NO_ANSWER");
    assertDown(probe, "NO_ANSWER");
    assertEquals(1, looks.get());
    never.countDown();
    Awaitility.await().until(() -> probe.answer().getStatus() == Status.UP);
  }

  @Test
  void interruptsASlowCheckAndRepeatsIt() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    Probe probe =
        probe(
            times(10, 60_000, 50),
            () -> {
              if (looks.get() > 1) {
                return WELL;
              }
              if (!await(never)) {
                interrupted.incrementAndGet();
              }
              return WELL;
            });

    assertDown(probe, "NO_ANSWER");
    Awaitility.await().until(() -> probe.answer().getStatus() == Status.UP);
    assertEquals(2, looks.get());
    Awaitility.await().until(() -> interrupted.get() == 1);
  }

  @Test
  void checksADiskThatHangsOnlyOnce() {
    CountDownLatch never = new CountDownLatch(1);
    Probe probe =
        probe(
            new Probe.Times(Duration.ofMillis(10), Duration.ZERO, Optional.empty()),
            () -> {
              assertTrue(!Thread.currentThread().isVirtual());
              await(never);
              return WELL;
            });

    for (int i = 0; i < 5; i++) {
      assertDown(probe, "NO_ANSWER");
    }
    assertEquals(1, looks.get());
    never.countDown();
    Awaitility.await().until(() -> probe.answer().getStatus() == Status.UP);
  }

  private Probe probe(Probe.Times times, java.util.function.Supplier<CheckResult> question) {
    return new Probe(
        "bucket",
        () -> {
          looks.incrementAndGet();
          return question.get();
        },
        times);
  }

  private static Probe.Times times(long answer, long keep, long look) {
    return new Probe.Times(
        Duration.ofMillis(answer), Duration.ofMillis(keep), Optional.of(Duration.ofMillis(look)));
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static void assertDown(Probe probe, String detail) {
    HealthCheckResponse answer = probe.answer();
    assertEquals("bucket", answer.getName());
    assertEquals(Status.DOWN, answer.getStatus());
    assertEquals(detail, answer.getData().orElseThrow().get("detail"));
    assertEquals(1, answer.getData().orElseThrow().size());
  }
}
