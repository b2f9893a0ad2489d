package io.parsecbackup.objectstore.raid;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a bucket's ETags that look like MD5s are MD5s, as far as this run knows. Some servers and
 * proxies return 32 hex digits that are something else. One object whose ETag is its MD5 proves
 * that they are MD5s; bytes that do not match their ETag are then damaged. Thread-safe.
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
   * @param earlierMd5s whether earlier runs fetched objects whose ETags were MD5s. Called at most
   *     once, and only if an object does not match its ETag.
   */
  EtagTrust(String bucket, BooleanSupplier earlierMd5s) {
    this.bucket = bucket;
    this.earlierMd5s = earlierMd5s;
  }

  /** Records that an object's ETag is the MD5 of its bytes. */
  synchronized void matched(String key) {
    if (areNoMd5) {
      LOG.warnf(
          "%s: the ETag of '%s' is an MD5, so the other ETags are too. Objects of this run that do"
              + " not match their ETag are damaged at the source, and count as failed",
          bucket, key);
      wasWrong = true;
    }
    areMd5 = true;
    areNoMd5 = false;
    trial.complete(null);
  }

  /** Whether it is proven that ETags that look like MD5s are not MD5s here. */
  synchronized boolean areNoMd5() {
    return areNoMd5;
  }

  /** Whether this run accepted bytes that do not match an ETag which is an MD5. */
  synchronized boolean wasWrong() {
    return wasWrong;
  }

  /**
   * Records that the bucket returned an object several times with the same bytes, which have the
   * right size but not the MD5 in the ETag.
   *
   * @return whether this proves that the bucket's ETags are not MD5s. It takes two objects if
   *     earlier runs have seen MD5s: a single one may be damaged on the server's disk.
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
          "%s: the server's ETags look like MD5s but are not ('%s' was fetched several times with"
              + " the same bytes and another MD5). Objects without another checksum are checked by"
              + " their length only",
          bucket, key);
    }
    return areNoMd5;
  }

  /**
   * Records that an object's bytes do not match its ETag while it is unknown what the ETags are.
   * Only the first such object is fetched again; the others wait for its result.
   *
   * @return completes when the result may be known; empty if this object is the one to fetch again
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

  /** Records that an object was fetched or has failed. */
  synchronized void done(String key) {
    if (key.equals(onTrial)) {
      onTrial = null;
      trial.complete(null);
    }
  }

  /** The tries of one object. */
  public static final class Tries {

    /** Two transfers may be damaged in the same way, by a cache or a broken buffer. */
    private static final int PROOF = 3;

    private Optional<String> before = Optional.empty();
    private int alike;

    /** Whether enough tries in a row returned these bytes to show that they are stored so. */
    synchronized boolean repeats(String sha256) {
      alike = before.equals(Optional.of(sha256)) ? alike + 1 : 1;
      before = Optional.of(sha256);
      return alike >= PROOF;
    }
  }
}
