package io.parsecbackup.health;

import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.doctor.CheckResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Checks one dependency for probes that arrive every few seconds. At most one check runs at a time,
 * its result is reused for a while, and the answer comes in bounded time even if the dependency
 * hangs.
 */
final class Probe {

  private static final Logger LOG = Logger.getLogger(Probe.class);

  /**
   * Time limits.
   *
   * @param look after which a check is interrupted and a new one starts; empty if it cannot be
   *     interrupted, such as a read from a disk that hangs
   */
  record Times(Duration answer, Duration keep, Optional<Duration> look) {

    /** Kubernetes probes every 10 seconds by default. */
    static final Times USUAL =
        new Times(
            Duration.ofSeconds(3), Duration.ofSeconds(5), Optional.of(Duration.ofSeconds(20)));

    static final Times OF_A_DISK =
        new Times(Duration.ofSeconds(3), Duration.ofSeconds(5), Optional.empty());
  }

  private final String dependency;
  private final Supplier<CheckResult> question;
  private final Times times;
  private @Nullable Check latest;
  private String logged = "";

  Probe(String dependency, Supplier<CheckResult> question, Times times) {
    this.dependency = dependency;
    this.question = question;
    this.times = times;
  }

  /**
   * The state of the dependency, now or a few seconds ago. Contains only the kind of a failure,
   * because probes need no token. The log has the details, once per change.
   */
  HealthCheckResponse answer() {
    try {
      return response(current().result.get(times.answer().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return down("NO_ANSWER", "no answer within " + times.answer().toMillis() + " ms");
    } catch (ExecutionException e) {
      return down(Kind.INTERNAL.name(), String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return down("NO_ANSWER", "the program is stopping");
    }
  }

  private HealthCheckResponse response(CheckResult health) {
    if (health.problem().isPresent()) {
      return down(health.problem().get().kind().name(), health.detail());
    }
    log("", "");
    return HealthCheckResponse.named(dependency).up().withData("detail", "ok").build();
  }

  private HealthCheckResponse down(String kind, String detail) {
    log(kind, detail);
    return HealthCheckResponse.named(dependency).down().withData("detail", kind).build();
  }

  private synchronized void log(String kind, String detail) {
    if (kind.equals(logged)) {
      return;
    }
    logged = kind;
    if (kind.isEmpty()) {
      LOG.infof("ready again: the %s answers", dependency);
    } else {
      LOG.warnf("not ready because of the %s: %s", dependency, detail);
    }
  }

  private synchronized Check current() {
    Check check = latest;
    if (check == null || check.isOver(times)) {
      check = new Check(dependency, question, times);
      latest = check;
    }
    return check;
  }

  /** One check of the dependency, in a thread of its own. */
  private static final class Check {
    final CompletableFuture<CheckResult> result = new CompletableFuture<>();
    private final long started = System.nanoTime();
    private volatile long ended;
    private final Thread thread;

    Check(String dependency, Supplier<CheckResult> question, Times times) {
      // Virtual: an interrupt ends a socket read of a virtual thread, but not of a platform thread.
      // A disk read would block one of the few carrier threads.
      Thread.Builder builder =
          times.look().isPresent() ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
      thread =
          builder
              .name("probe-" + dependency)
              .start(() -> {
                try {
                  CheckResult health = question.get();
                  ended = System.nanoTime();
                  result.complete(health);
                } catch (RuntimeException | Error e) {
                  ended = System.nanoTime();
                  result.completeExceptionally(e);
                }
              });
    }

    /** Whether a new check is due; interrupts this one if it takes too long. */
    boolean isOver(Times times) {
      long now = System.nanoTime();
      if (result.isDone()) {
        return now - ended > times.keep().toNanos();
      }
      boolean stuck = times.look().isPresent() && now - started > times.look().get().toNanos();
      if (stuck) {
        thread.interrupt();
      }
      return stuck;
    }
  }
}
