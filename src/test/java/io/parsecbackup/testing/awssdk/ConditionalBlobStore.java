package io.parsecbackup.testing.awssdk;

import io.parsecbackup.testing.MemoryBlobStore;
import java.time.Clock;

/**
 * The same store. S3Proxy decides by the name of a store's package what the store can do. It hands
 * the conditions of a write only to its own ones, and to one in a package with this name; for all
 * others it answers 501.
 */
public final class ConditionalBlobStore extends MemoryBlobStore {

  public ConditionalBlobStore(Clock clock) {
    super(clock);
  }
}
