package io.parsecbackup.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Selects the requests that get a fault. A rule counts the requests that match; by default it
 * strikes each of them.
 */
public final class FaultRule {

  private final Predicate<S3Request> matches;
  private final Fault fault;
  private final ConcurrentMap<String, AtomicInteger> turns = new ConcurrentHashMap<>();
  private final AtomicInteger struck = new AtomicInteger();
  private volatile IntPredicate strikes = turn -> true;
  private volatile boolean perKey;

  FaultRule(Predicate<S3Request> matches, Fault fault) {
    this.matches = matches;
    this.fault = fault;
  }

  /** Strikes only the first {@code times} requests. */
  public FaultRule first(int times) {
    strikes = turn -> turn <= times;
    return this;
  }

  /** Strikes only these requests, counted from 1. */
  public FaultRule at(Integer... these) {
    strikes = Set.of(these)::contains;
    return this;
  }

  /** Strikes every {@code interval}-th request. */
  public FaultRule every(int interval) {
    strikes = turn -> turn % interval == 0;
    return this;
  }

  /** Counts the requests for each key separately: with {@code first(1)} each object fails once. */
  public FaultRule perKey() {
    perKey = true;
    return this;
  }

  /** How often it has struck. */
  public int struck() {
    return struck.get();
  }

  boolean strikes(S3Request request) {
    if (!matches.test(request)) {
      return false;
    }
    String counter = perKey ? request.key() : "";
    int turn = turns.computeIfAbsent(counter, key -> new AtomicInteger()).incrementAndGet();
    if (!strikes.test(turn)) {
      return false;
    }
    struck.incrementAndGet();
    return true;
  }

  Fault fault() {
    return fault;
  }
}
