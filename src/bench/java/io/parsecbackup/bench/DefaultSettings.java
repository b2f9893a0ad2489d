package io.parsecbackup.bench;

import io.parsecbackup.objectstore.s3.TransferConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.Optional;

/** The default settings of a sync or a restore, but with the strategy {@code listing}. */
record DefaultSettings() implements TransferConfig {
  @Override
  public Strategy strategy() {
    return Strategy.LISTING;
  }

  @Override
  public Optional<Duration> listingEvery() {
    return Optional.of(Duration.ofDays(7));
  }

  @Override
  public Optional<Integer> concurrency() {
    return Optional.empty();
  }

  @Override
  public Optional<MemorySize> bandwidthLimit() {
    return Optional.empty();
  }
}
