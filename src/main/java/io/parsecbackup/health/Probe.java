package io.parsecbackup.health;

import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.doctor.Diagnosis.Health;
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
 * Asks one party how it is, for probes that come every few seconds: one look at a time, its result
 * kept for a while, and an answer in bounded time even where the party never answers.
 */
final class Probe {

  private static final Logger LOG = Logger.getLogger(Probe.class);

  /**
   * How long things take at most, and results last.
   *
   * @param look after which a look is ended and another one begun; empty where nothing ends it, as
   *     a read from a disk that hangs: then there is never more than one
   */
  record Times(Duration answer, Duration keep, Optional<Duration> look) {

    /**
     * Kubernetes' probes ask every 10 seconds; one that waits longer than a second sets its own.
     */
    static final Times USUAL =
        new Times(
            Duration.ofSeconds(3), Duration.ofSeconds(5), Optional.of(Duration.ofSeconds(20)));

    static final Times OF_A_DISK =
        new Times(Duration.ofSeconds(3), Duration.ofSeconds(5), Optional.empty());
  }

  private final String party;
  private final Supplier<Health> question;
  private final Times times;
  private @Nullable Look latest;
  private String logged = "";

  Probe(String party, Supplier<Health> question, Times times) {
    this.party = party;
    this.question = question;
    this.times = times;
  }

  /**
   * How the party is, or was a few seconds ago. Says no more than the kind of a failure: probes are
   * open to all. The log says the rest, once for each change.
   */
  HealthCheckResponse answer() {
    try {
      return response(look().result.get(times.answer().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return down("NO_ANSWER", "no answer within " + times.answer().toMillis() + " ms");
    } catch (ExecutionException e) {
      return down(Kind.INTERNAL.name(), String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return down("NO_ANSWER", "the program ends");
    }
  }

  private HealthCheckResponse response(Health health) {
    if (health.problem().isPresent()) {
      return down(health.problem().get().kind().name(), health.detail());
    }
    log("", "");
    return HealthCheckResponse.named(party).up().withData("detail", "ok").build();
  }

  private HealthCheckResponse down(String kind, String detail) {
    log(kind, detail);
    return HealthCheckResponse.named(party).down().withData("detail", kind).build();
  }

  private synchronized void log(String kind, String detail) {
    if (kind.equals(logged)) {
      return;
    }
    logged = kind;
    if (kind.isEmpty()) {
      LOG.infof("not ready is over: the %s answers again", party);
    } else {
      LOG.warnf("not ready, because of the %s: %s", party, detail);
    }
  }

  private synchronized Look look() {
    Look look = latest;
    if (look == null || look.isOver(times)) {
      look = new Look(party, question, times);
      latest = look;
    }
    return look;
  }

  /** One look at the party, in a thread of its own. */
  private static final class Look {
    final CompletableFuture<Health> result = new CompletableFuture<>();
    private final long started = System.nanoTime();
    private volatile long ended;
    private final Thread thread;

    Look(String party, Supplier<Health> question, Times times) {
      // Virtual: interrupting one ends a read from a socket, which it does not for platform
      // threads. A disk's read would only hold one of the few threads that all of those share.
      Thread.Builder builder =
          times.look().isPresent() ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
      thread =
          builder
              .name("probe-" + party)
              .start(() -> {
                try {
                  Health health = question.get();
                  ended = System.nanoTime();
                  result.complete(health);
                } catch (RuntimeException | Error e) {
                  ended = System.nanoTime();
                  result.completeExceptionally(e);
                }
              });
    }

    /** Whether another one is due; ends this one if it takes too long. */
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
