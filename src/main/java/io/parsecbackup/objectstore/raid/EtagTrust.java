package io.parsecbackup.objectstore.raid;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a bucket's ETags that look like MD5s are MD5s, as far as this run has found out. Some
 * servers and proxies give 32 hex digits that are something else. One object whose ETag is its MD5
 * proves that they are, and then bytes that contradict an ETag are damaged. Used by many threads.
 */
public final class EtagTrust {

  private static final Logger LOG = Logger.getLogger(EtagTrust.class);

  private final String bucket;
  private final BooleanSupplier earlierMd5s;
  private boolean areMd5;
  private boolean areNoMd5;
  private boolean wasWrong;
  private @Nullable String firstWitness;
  private @Nullable String onTrial;
  private CompletableFuture<Void> trial = CompletableFuture.completedFuture(null);

  /**
   * @param bucket for messages
   * @param earlierMd5s whether earlier runs have fetched objects whose ETags were MD5s; asked at
   *     most once, and only where an ETag is contradicted
   */
  EtagTrust(String bucket, BooleanSupplier earlierMd5s) {
    this.bucket = bucket;
    this.earlierMd5s = earlierMd5s;
  }

  /** An object's ETag is the MD5 of its bytes. */
  synchronized void matched(String key) {
    if (areNoMd5) {
      LOG.warnf(
          "%s: the ETag of '%s' is an MD5, so the others are, too. Objects of this run that"
              + " contradict theirs are damaged at the source, and count as failed",
          bucket, key);
      wasWrong = true;
    }
    areMd5 = true;
    areNoMd5 = false;
    trial.complete(null);
  }

  /** Whether it is proven that ETags of the form of an MD5 are none here. */
  synchronized boolean areNoMd5() {
    return areNoMd5;
  }

  /** Whether bytes were accepted in this run that contradict an ETag which is an MD5. */
  synchronized boolean wasWrong() {
    return wasWrong;
  }

  /**
   * The bucket has given an object a few times with the same bytes, which have the size that they
   * should have and not the MD5 that the ETag names.
   *
   * @return whether that proves that the bucket's ETags are no MD5s. It takes two objects where
   *     earlier runs have seen MD5s: one alone may be damaged on the server's disk
   */
  synchronized boolean contradicted(String key) {
    if (areMd5 || areNoMd5) {
      return areNoMd5;
    }
    if (firstWitness == null) {
      firstWitness = key;
      areNoMd5 = !earlierMd5s.getAsBoolean();
    } else {
      areNoMd5 = !firstWitness.equals(key);
    }
    trial.complete(null);
    if (areNoMd5) {
      LOG.warnf(
          "%s: the server's ETags look like MD5s and are none ('%s' came again and again with the"
              + " same bytes, and another MD5). Objects without a checksum of another kind are checked by their"
              + " length only",
          bucket, key);
    }
    return areNoMd5;
  }

  /**
   * An object's bytes contradict its ETag, and nobody knows yet what the ETags are. The first such
   * object is fetched once more for all of them: the others need not be.
   *
   * @return completes when that may be known; empty where it is this object that is fetched again
   */
  synchronized Optional<Uni<Void>> trial(String key) {
    if (areMd5 || key.equals(onTrial)) {
      return Optional.empty();
    }
    if (areNoMd5) {
      return Optional.of(Uni.createFrom().voidItem());
    }
    if (onTrial == null) {
      onTrial = key;
      trial = new CompletableFuture<>();
      return Optional.empty();
    }
    return Optional.of(Uni.createFrom().completionStage(trial));
  }

  /** An object is here, or is given up. */
  synchronized void done(String key) {
    if (key.equals(onTrial)) {
      onTrial = null;
      trial.complete(null);
    }
  }

  /** The tries of one object. */
  public static final class Tries {

    /** Two may be damaged in the same way on their way: by a cache, or by a broken buffer. */
    private static final int PROOF = 3;

    private Optional<String> before = Optional.empty();
    private int alike;

    /** Whether so many tries in a row have brought these bytes that they are what is stored. */
    synchronized boolean repeats(String sha256) {
      alike = before.equals(Optional.of(sha256)) ? alike + 1 : 1;
      before = Optional.of(sha256);
      return alike >= PROOF;
    }
  }
}
