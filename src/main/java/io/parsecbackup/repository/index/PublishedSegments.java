package io.parsecbackup.repository.index;

import io.parsecbackup.repository.storage.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Knows the index segments of the published backups. */
public interface PublishedSegments {

  /** Ids of all published backups, oldest first. */
  List<RunId> ids() throws IOException;

  /** Ids of the runs that lost their lock and can publish nothing; their seals seal no segment. */
  Set<RunId> revoked() throws IOException;

  /** The SHA-256 of the segment of backup {@code id}; empty if its checksums cannot be read. */
  Optional<String> segmentDigest(RunId id);
}
