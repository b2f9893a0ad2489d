package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.storage.BucketProtection.ObjectLock;
import io.parsecbackup.objectstore.storage.BucketProtection.Retention;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.StorageCheck;
import io.parsecbackup.repository.storage.StorageCheck.Result;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tests of a bucket for {@code doctor}: what its server can do, and what its settings protect.
 */
record BucketChecks(BucketReads reads, BucketFolders folders) {

  private static final String STORAGE = "storage";
  private static final String VERSIONS = "versions";
  private static final String LOCK = "object lock";

  List<StorageCheck> all() {
    return List.of(
        new StorageCheck(STORAGE, this::trial), new StorageCheck(VERSIONS, this::protection));
  }

  private List<Result> trial() throws IOException {
    BucketCapabilities capabilities = BucketTrial.of(reads).run();
    List<Result> results = new ArrayList<>();
    results.add(
        Result.ok(
            STORAGE,
            "the bucket can be used: it has conditional writes"
                + (capabilities.checksums() ? ", SHA-256 checksums" : "")
                + (capabilities.multipart() ? ", uploads in parts" : "")));
    capabilities.notes().forEach(note -> results.add(Result.note(STORAGE, note)));
    return results;
  }

  private List<Result> protection() throws IOException {
    BucketProtection protection = BucketProtection.read(reads.client());
    List<Result> results = new ArrayList<>();
    protection.versioning().map(BucketChecks::versions).ifPresent(results::add);
    if (protection.lock().isPresent()) {
      results.add(lock(protection.lock().get()));
    } else if (protection.versioning().filter("Enabled"::equals).isPresent()
        && protection.notes().isEmpty()) {
      results.add(
          Result.note(
              LOCK,
              "the bucket has no Object Lock: a key with the right s3:DeleteObjectVersion can"
                  + " delete all versions of a backup. Use a bucket with Object Lock in compliance"
                  + " mode if nobody may do that"));
    }
    protection.notes().forEach(note -> results.add(Result.note(VERSIONS, note)));
    return results;
  }

  private static Result versions(String versioning) {
    return versioning.equals("Enabled")
        ? Result.ok(
            VERSIONS,
            "the bucket keeps the older versions of files that are overwritten or deleted")
        : Result.note(
            VERSIONS,
            "the bucket keeps no older versions (versioning is "
                + versioning.toLowerCase(java.util.Locale.ROOT)
                + "): whoever has a key that can write can overwrite backups. Turn on versioning");
  }

  private Result lock(ObjectLock lock) throws IOException {
    if (lock.mode().isEmpty() || lock.days() == 0) {
      return Result.note(
          LOCK,
          "Object Lock is on, but the bucket has no default retention, so it protects nothing. Set"
              + " one in mode COMPLIANCE, as long as you want to go back");
    }
    String covers =
        lock.mode().get()
            + " for "
            + lock.days()
            + " days: no version of a file can be deleted before that"
            + newest(lock);
    return lock.mode().get().equals("COMPLIANCE")
        ? Result.ok(LOCK, covers)
        : Result.note(
            LOCK,
            covers
                + ". A key with the right s3:BypassGovernanceRetention can delete it nevertheless;"
                + " mode COMPLIANCE has no such right");
  }

  private String newest(ObjectLock lock) throws IOException {
    List<String> ids = new ArrayList<>(folders.foldersWith(Layout.BACKUPS, Layout.DOCUMENT));
    ids.removeAll(folders.foldersWith(Layout.BACKUPS, Layout.REVOKED));
    if (ids.isEmpty()) {
      return "";
    }
    String id = ids.getLast();
    String document = Layout.BACKUPS + "/" + id + "/" + Layout.DOCUMENT;
    Retention retention = BucketProtection.retention(reads.client(), reads.place().key(document));
    if (retention.until().isPresent()) {
      return ". The newest backup " + id + " is locked until " + retention.until().get();
    }
    Optional<Instant> written = reads.find(document).map(StoredFile::lastModified);
    return written
            .map(at ->
                ". By this rule the newest backup "
                    + id
                    + " is locked until "
                    + at.plus(Duration.ofDays(lock.days())).truncatedTo(ChronoUnit.SECONDS))
            .orElse("")
        + retention.note().map(note -> " (" + note + ")").orElse("");
  }
}
