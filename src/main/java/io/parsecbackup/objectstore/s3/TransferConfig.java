package io.parsecbackup.objectstore.s3;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How objects are transferred between a bucket and the repository. */
@ConfigMapping(prefix = "parsec.backup.sync")
public interface TransferConfig {

  /** Which objects are compared with the repository. */
  @WithDefault("references")
  Strategy strategy();

  /**
   * With {@link Strategy#REFERENCES}: how often a run also compares the whole listing, to find
   * objects that something other than Parsec has replaced; {@code off} for never. A comparison that
   * fails is a warning, and the next run tries it again.
   */
  @WithDefault("7d")
  Optional<@WithConverter(ListingIntervalConverter.class) Duration> listingEvery();

  /**
   * The most objects transferred at once, apart from pages of the listing; fewer while the store
   * asks for fewer requests, or while more do not make it faster. Default: 16 for each core, at
   * least 16 and at most 128.
   */
  Optional<@WithConverter(ConcurrencyConverter.class) Integer> concurrency();

  /**
   * Bytes per second that all transfers together may receive, and as many that they may send, such
   * as {@code 50M}; no limit if it is not set or 0. Counts objects and files, from and to the
   * source, a restore's target, and repositories in buckets.
   */
  Optional<MemorySize> bandwidthLimit();

  /** How a run finds the objects to copy. */
  enum Strategy {
    /**
     * Compares the whole listing of the bucket, with unreferenced objects and keys of unknown form.
     */
    LISTING,
    /** Copies what the dump refers to, without listing the bucket. */
    REFERENCES
  }

  /** {@link #concurrency()} or its default on this machine. */
  default int requestsInFlight() {
    return concurrency()
        .orElseGet(() -> Math.clamp(16L * Runtime.getRuntime().availableProcessors(), 16, 128));
  }

  /** {@link #bandwidthLimit()}; empty without a limit. */
  default OptionalLong bytesPerSecond() {
    return bandwidthLimit()
        .filter(limit -> limit.asLongValue() > 0)
        .map(limit -> OptionalLong.of(limit.asLongValue()))
        .orElseGet(OptionalLong::empty);
  }
}
