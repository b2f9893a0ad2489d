package io.parsecbackup.copy.plan;

import io.parsecbackup.repository.storage.RunId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An index segment that a place does not have, or whose backup it does not have.
 *
 * @param isBackup whether the repository has a backup with this id
 * @param isThere whether the place has the segment already
 * @param file a local file with the segment
 * @param sha256 of that file
 * @param objects those that the place does not have
 */
public record PlannedSegment(
    RunId id,
    boolean isBackup,
    boolean isThere,
    Path file,
    String sha256,
    Optional<PlannedObjects> objects) {

  /** The same segment with its objects. */
  public PlannedSegment with(Optional<PlannedObjects> missing) {
    return new PlannedSegment(id, isBackup, isThere, file, sha256, missing);
  }

  /** The same segment when the place has it with its objects. */
  public PlannedSegment copied() {
    return new PlannedSegment(id, isBackup, true, file, sha256, Optional.empty());
  }

  /** In bytes. */
  public long bytes() {
    return objects.map(PlannedObjects::bytes).orElse(0L);
  }
}
