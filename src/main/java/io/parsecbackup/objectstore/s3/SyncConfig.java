package io.parsecbackup.objectstore.s3;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How objects are moved between a bucket and the repository. */
@ConfigMapping(prefix = "parsec.backup.sync")
public interface SyncConfig {

  /** Which objects are compared with the repository. */
  @WithDefault("references")
  Strategy strategy();

  /**
   * With {@link Strategy#REFERENCES}: how often a run also compares the whole listing, to find
   * objects that were replaced behind Parsec's back; {@code off} for never. A comparison that fails
   * is a warning, and the next run tries it again.
   */
  @WithDefault("7d")
  Optional<@WithConverter(ListingInterval.class) Duration> listingEvery();

  /**
   * Objects moved at once; a page of the listing may be asked for beside them. 16 for each core, at
   * least 16 and at most 128, where it is not set.
   */
  Optional<@WithConverter(Concurrency.class) Integer> concurrency();

  /**
   * Bytes a second of all transfers together, {@code 50M} style; no limit where it is not set, or
   * 0.
   */
  Optional<MemorySize> bandwidthLimit();

  /** How a run finds out what it has to copy. */
  enum Strategy {
    /**
     * Compares the whole listing of the bucket, unreferenced objects and keys of unknown form
     * included.
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

  /** {@link #bandwidthLimit()}, empty where there is none. */
  default OptionalLong bytesPerSecond() {
    return bandwidthLimit()
        .filter(limit -> limit.asLongValue() > 0)
        .map(limit -> OptionalLong.of(limit.asLongValue()))
        .orElseGet(OptionalLong::empty);
  }
}
