package io.parsecbackup.objectstore.s3;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many requests to one bucket are in flight, and adapts the limit to the server. The
 * limit rises as long as more requests at once mean more requests per second. It falls when the
 * server asks for fewer requests, and when requests take longer and fewer of them end per second.
 *
 * <p>Requests above the limit wait, without a thread, in the order in which they came.
 */
final class RequestLimit {

  /** The first limit. It doubles until it no longer helps. */
  private static final int FIRST = 8;

  /** The limit stays above this part of the highest one, so that a run always advances. */
  private static final int LOWEST_PART = 8;

  /** A measurement lasts at least this long, and for four times as many requests as the limit. */
  private static final long SHORTEST = Duration.ofMillis(200).toNanos();

  /** The limit falls once for all requests that were in flight when the server was too busy. */
  private static final long BETWEEN_FALLS = Duration.ofMillis(250).toNanos();

  /** A difference that is not chance. */
  private static final double MORE = 1.05;

  /** Requests wait at the server if they take this many times as long as the fastest ones. */
  private static final double SLOW = 1.5;

  /** After that many measurements without a change, a higher or lower limit is tried. */
  private static final int STEADY = 10;

  /** How a request ended. */
  enum Outcome {
    DONE,
    /** The server asks for fewer requests. */
    THROTTLED,
    /** It failed for another reason, which says nothing about the load. */
    FAILED
  }

  private final int lowest;
  private final int highest;
  private final LongSupplier nanos;
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private int limit;

  /** The limit before the last attempt to raise or lower it, until that is measured. */
  private int provenLimit;

  private int inFlight;

  private long fellAt;

  /** Whether each rise has helped until now. */
  private boolean searching = true;

  private int steady;
  private boolean lowerNext;
  private double shortest = Double.MAX_VALUE;
  private @Nullable Measurement best;

  private long since;
  private int done;
  private long latencies;

  /** Whether the limit was reached: a measurement with fewer requests says nothing about it. */
  private boolean reached;

  /**
   * @param done requests per second
   * @param latency of one request, in ns
   */
  private record Measurement(double done, double latency) {}

  /**
   * @param highest the limit never exceeds it
   * @param nanos as {@link System#nanoTime}
   */
  RequestLimit(int highest, LongSupplier nanos) {
    this.highest = highest;
    this.lowest = Math.max(1, highest / LOWEST_PART);
    this.limit = Math.min(FIRST, highest);
    this.provenLimit = limit;
    this.nanos = nanos;
    this.since = nanos.getAsLong();
    this.fellAt = since - BETWEEN_FALLS;
  }

  /** Requests that may be in flight now. */
  synchronized int limit() {
    return limit;
  }

  /** Runs {@code request} as soon as the limit allows it: now, or in {@link #end} of another. */
  void begin(Runnable request) {
    synchronized (this) {
      if (inFlight >= limit) {
        waiting.add(request);
        return;
      }
      count();
    }
    request.run();
  }

  /**
   * A request has ended.
   *
   * @param latency from its start to its end, in ns
   */
  void end(Outcome outcome, long latency) {
    synchronized (this) {
      inFlight--;
      switch (outcome) {
        case DONE -> measure(latency);
        case THROTTLED -> slowDown();
        case FAILED -> {}
      }
    }
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable next() {
    if (inFlight >= limit || waiting.isEmpty()) {
      return null;
    }
    count();
    return waiting.remove();
  }

  private void count() {
    inFlight++;
    reached |= inFlight >= limit;
  }

  private void slowDown() {
    long now = nanos.getAsLong();
    if (now - fellAt >= BETWEEN_FALLS) {
      fellAt = now;
      set(limit / 2);
      searching = false;
      best = null;
      begin(now);
    }
  }

  private void measure(long latency) {
    done++;
    latencies += latency;
    long now = nanos.getAsLong();
    if (done >= 4 * limit && now - since >= SHORTEST) {
      if (reached) {
        adapt(new Measurement(done * 1e9 / (now - since), (double) latencies / done));
      }
      begin(now);
    }
  }

  private void begin(long now) {
    since = now;
    done = 0;
    latencies = 0;
    reached = inFlight >= limit;
  }

  private void adapt(Measurement now) {
    Measurement before = best;
    if (before == null) {
      accept(now);
      raise();
    } else if (limit > provenLimit) {
      if (now.done > before.done * MORE) {
        accept(now);
        raise();
      } else {
        searching = false;
        set(provenLimit);
      }
    } else if (limit < provenLimit) {
      if (now.done * MORE < before.done) {
        set(provenLimit);
      } else {
        // Compared with the higher rate, else many small losses would add up.
        accept(new Measurement(Math.max(now.done, before.done), now.latency));
        lowerIfSlow(now);
      }
    } else {
      keepOrChange(now, before);
    }
  }

  /** After measurements at the same limit. */
  private void keepOrChange(Measurement now, Measurement before) {
    if (now.done > before.done * MORE) {
      accept(now);
      raise();
    } else if (now.done * MORE < before.done && now.latency > before.latency * MORE) {
      set(limit - step());
      // The server may have become slower for good.
      best = new Measurement((before.done + now.done) / 2, (before.latency + now.latency) / 2);
    } else if (++steady >= STEADY) {
      accept(now);
      steady = 0;
      lowerNext = !lowerNext;
      if (!lowerNext || !lowerIfSlow(now)) {
        raise();
      }
    }
  }

  private void accept(Measurement now) {
    best = now;
    shortest = Math.min(shortest, now.latency);
  }

  private void raise() {
    attempt(searching ? 2 * limit : limit + step());
  }

  /** Tries a lower limit if requests wait at the server. */
  private boolean lowerIfSlow(Measurement now) {
    boolean slow = now.latency > shortest * SLOW;
    attempt(slow ? limit - step() : limit);
    return slow;
  }

  private int step() {
    return Math.max(1, limit / 8);
  }

  private void attempt(int wanted) {
    int proven = limit;
    set(wanted);
    provenLimit = proven;
  }

  private void set(int wanted) {
    limit = Math.clamp(wanted, lowest, highest);
    provenLimit = limit;
    steady = 0;
  }
}
