package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.copy.plan.PlannedSegment;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.index.WrittenFiles;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes an index segment at a place, with the backup that it belongs to. Its objects are there
 * already. Everything else is on stable storage before the document that makes it valid is written.
 */
record SegmentPublisher(
    CopySource source, Repository target, Workspace workspace, RepositoryLocks.Held lock) {

  /** Prepares the backup of a segment; empty if it has none, or it is damaged. */
  Optional<BackupStaging.Staged> stage(PlannedSegment segment) throws IOException {
    return segment.isBackup()
        ? new BackupStaging(source, workspace).stage(segment.id())
        : Optional.empty();
  }

  /**
   * Publishes a segment. Without its backup, which is damaged, the segment gets a seal, because
   * later backups need its objects.
   *
   * @return whether nothing is left for a later copy
   */
  boolean publish(PlannedSegment segment, Optional<BackupStaging.Staged> backup)
      throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    if (!segment.isThere()) {
      put(
          StagedFile.of(
              source.repository(), Layout.segment(segment.id()), segment.sha256(), workspace),
          sizes);
    }
    if (backup.isPresent()) {
      publish(segment.id(), backup.get(), sizes);
      if (segment.isThere()) {
        // The backup's checksums contain the digest now.
        new Leftovers(target.storage()).delete(Layout.segmentSeal(segment.id()));
      }
    }
    boolean waits = backup.isEmpty() && source.repository().published().isPublished(segment.id());
    if (backup.isEmpty() && !segment.isThere()) {
      byte[] seal = seal(segment, waits);
      target.storage().flush(source.cancellation());
      new WrittenFiles(target.storage()).require(sizes);
      lock.requireHeld();
      target.storage().put(NewFile.replacing(Layout.segmentSeal(segment.id()), Content.of(seal)));
    }
    if (!segment.isThere()) {
      forgetGap(segment.id());
    }
    return !waits;
  }

  /** The index need not look for the objects of the segment elsewhere any more. */
  private void forgetGap(RunId segment) throws IOException {
    String note = Layout.madeUpFor(segment);
    if (target.storage().find(note).isPresent()) {
      new Leftovers(target.storage()).delete(note);
    }
  }

  private void put(StagedFile file, Map<String, Long> sizes) throws IOException {
    sizes.put(file.name(), Files.size(file.file()));
    file.put(target);
  }

  private void publish(RunId id, BackupStaging.Staged backup, Map<String, Long> sizes)
      throws IOException {
    for (StagedFile file : backup.files()) {
      put(file, sizes);
    }
    sizes.put(Layout.checksums(id), (long) backup.checksums().length);
    target
        .storage()
        .putUnflushed(NewFile.replacing(Layout.checksums(id), Content.of(backup.checksums())));
    target.storage().flush(source.cancellation());
    new WrittenFiles(target.storage()).require(sizes);
    source.cancellation().throwIfCancelled();
    lock.requireHeld();
    target.storage().put(NewFile.ifAbsent(Layout.backupJson(id), Content.of(backup.document())));
  }

  private byte[] seal(PlannedSegment segment, boolean waits) {
    Optional<ObjectNode> original =
        waits ? Optional.empty() : SegmentSeals.of(source.repository()).find(segment.id());
    return SealedJson.seal(
        original.orElseGet(() -> SegmentSeals.waiting(segment.id(), segment.sha256())));
  }
}
