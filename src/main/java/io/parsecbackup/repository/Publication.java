package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.Cancellation;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.index.Segment;
import io.parsecbackup.repository.index.WrittenFiles;
import io.parsecbackup.repository.storage.Checksums;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.Tombstone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Publishes the content of a run's scratch folder: it moves and flushes all other files first, and
 * then writes the document that makes them valid.
 */
final class Publication {

  private static final Logger LOG = Logger.getLogger(Publication.class);

  /** A server that has just stored a file may not show it at once. */
  private static final int CHECKS = 3;

  private static final long PAUSE_NANOS = 200_000_000L;

  private final Storage storage;
  private final RunId id;
  private final Path scratch;
  private final RepositoryLocks.Held lock;
  private boolean undecided;

  Publication(Storage storage, RunId id, Path scratch, RepositoryLocks.Held lock) {
    this.storage = storage;
    this.id = id;
    this.scratch = scratch;
    this.lock = lock;
  }

  /**
   * Whether a server may have stored the last document, or may still store it. Then none of the
   * files that the document makes valid may be deleted.
   */
  boolean isUndecided() {
    return undecided;
  }

  /**
   * Files of a backup that have their final names.
   *
   * @param digests the SHA-256 of each, by name
   * @param sizes in bytes, by name
   */
  record Staged(Map<String, String> digests, Map<String, Long> sizes) {
    static Staged none() {
      return new Staged(new LinkedHashMap<>(), new LinkedHashMap<>());
    }
  }

  /** See {@link Workspace#stage}. */
  Staged stage(Map<Path, String> files, Cancellation cancellation) throws IOException {
    Staged staged = Staged.none();
    move(files, staged);
    storage.flush(cancellation);
    new WrittenFiles(storage).require(staged.sizes());
    return staged;
  }

  private void move(Map<Path, String> files, Staged staged) throws IOException {
    for (Map.Entry<Path, String> file : files.entrySet()) {
      String name = Layout.fileOf(id, Layout.backup(id) + "/" + scratch.relativize(file.getKey()));
      staged.sizes().put(name, Files.size(file.getKey()));
      move(file.getKey(), file.getValue(), name);
      staged.digests().put(name, file.getValue());
    }
  }

  /** See {@link Workspace#publish}. */
  ObjectNode backup(
      Segment segment,
      Staged staged,
      Map<Path, String> files,
      ObjectNode document,
      Cancellation cancellation)
      throws IOException {
    Staged all =
        new Staged(new LinkedHashMap<>(staged.digests()), new LinkedHashMap<>(staged.sizes()));
    move(files, all);
    Map<String, String> digests = all.digests();
    Map<String, Long> sizes = all.sizes();
    sizes.put(Layout.segment(id), Files.size(segment.file()));
    move(segment.file(), segment.sha256(), Layout.segment(id));
    digests.put(Layout.segment(id), segment.sha256());
    byte[] checksums = new Checksums(digests).toBytes();
    storage.putUnflushed(NewFile.replacing(Layout.checksums(id), Content.of(checksums)));

    sizes.put(Layout.checksums(id), (long) checksums.length);
    storage.flush(cancellation);
    new WrittenFiles(storage).require(sizes);

    ObjectNode complete = document.deepCopy();
    complete.put("sha256sums", Sha256.of(checksums));
    byte[] sealed = SealedJson.seal(complete);
    ObjectNode published =
        SealedJson.open(sealed)
            .orElseThrow(() ->
                new IllegalStateException(
                    "a document that was just sealed does not match its seal"));
    publishBackup(sealed);
    return published;
  }

  private void publishBackup(byte[] sealed) throws IOException {
    try {
      publish(Layout.backupJson(id), sealed);
    } catch (IOException | RuntimeException | Error e) {
      if (!storage.isRemote()) {
        withdraw(e);
        throw e;
      }
      if (undecided && settle(sealed, e)) {
        return;
      }
      if (undecided) {
        throw unknown(e);
      }
      throw e;
    }
    if (storage.isRemote()) {
      confirm(sealed);
    }
  }

  /**
   * Writes the document that makes all others valid. A server that does not answer may have stored
   * it, or store it later.
   */
  private void publish(String name, byte[] sealed) throws IOException {
    lock.requireHeld();
    undecided = storage.isRemote();
    try {
      storage.put(NewFile.ifAbsent(name, Content.of(sealed)));
    } catch (ConditionFailedException e) {
      // The document of another run, which has revoked this one. It must stay. Or that of this run:
      // a proxy may repeat a request by itself, and pass on the second answer.
      boolean isOwn = isStored(name, sealed);
      undecided = false;
      if (!isOwn) {
        throw e;
      }
    }
    undecided = false;
  }

  /**
   * In a folder, the file may already have its name, but a failed run must not appear as a backup.
   */
  private void withdraw(Throwable failure) {
    if (failure instanceof ConditionFailedException) {
      return;
    }
    try {
      lock.requireHeld();
      storage.delete(Layout.backupJson(id));
    } catch (IOException | RuntimeException stays) {
      failure.addSuppressed(stays);
    }
  }

  /**
   * Finds out whether the server has stored {@code backup.json}. If not, writes a tombstone in its
   * place, so that the request for it, should the server still carry it out, changes nothing. A
   * delete would not prevent that, and a key may not be allowed to delete.
   *
   * @return whether the backup is published; if it is not, {@link #isUndecided} tells whether it
   *     may still become so
   */
  private boolean settle(byte[] sealed, Throwable failure) {
    try {
      if (stored(Layout.backupJson(id)).isEmpty()) {
        Tombstone.put(storage, id, "The server did not confirm that it stored the backup.");
      }
      Optional<byte[]> stored = stored(Layout.backupJson(id));
      boolean isOwn = stored.filter(bytes -> Arrays.equals(bytes, sealed)).isPresent();
      undecided =
          !isOwn && stored.flatMap(SealedJson::open).filter(Documents::isRevocation).isEmpty();
      return isOwn;
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  private Optional<byte[]> stored(String document) throws IOException {
    try {
      return Optional.of(new Documents(storage).read(document));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private boolean isStored(String document, byte[] sealed) throws IOException {
    return stored(document).filter(bytes -> Arrays.equals(bytes, sealed)).isPresent();
  }

  private Problem unknown(Throwable failure) {
    return new Problem(
        Problem.Kind.UNDECIDED,
        "it is not known whether the backup was published, because "
            + (lock.lost().isPresent()
                ? "the lock was lost before the server had answered"
                : failure.getMessage())
            + ". Run list when the bucket answers again; the next run finds out too",
        failure);
  }

  /**
   * Reads {@code backup.json} back. The server has answered that it stored it, so a read that fails
   * proves nothing. If the server does not have it, nothing is deleted: it may show it late.
   */
  private void confirm(byte[] sealed) throws IOException {
    for (int attempt = 1; attempt <= CHECKS; attempt++) {
      try {
        if (isStored(Layout.backupJson(id), sealed)) {
          return;
        }
      } catch (IOException | RuntimeException e) {
        LOG.warnf("The backup %s is published, but was not read back: %s", id, e.getMessage());
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS * attempt);
    }
    undecided = true;
    throw unknown(new WrittenFiles(storage).isMissing(Layout.backupJson(id)));
  }

  /** See {@link Workspace#publishSegment}. */
  void segment(Segment segment, String kind, Cancellation cancellation) throws IOException {
    long size = Files.size(segment.file());
    move(segment.file(), segment.sha256(), Layout.segment(id));
    storage.flush(cancellation);
    new WrittenFiles(storage).require(Map.of(Layout.segment(id), size));
    publish(Layout.segmentSeal(id), SealedJson.seal(segment.seal(id, kind)));
  }

  /** See {@link Workspace#makeUpFor}. */
  void makeUpFor(List<RunId> damagedSegments) throws IOException {
    for (RunId segment : damagedSegments) {
      ObjectNode note = JsonNodeFactory.instance.objectNode();
      note.put("segment", segment.text());
      note.put("by", id.text());
      lock.requireHeld();
      storage.put(NewFile.replacing(Layout.madeUpFor(segment), Content.of(SealedJson.seal(note))));
    }
  }

  private void move(Path file, String sha256, String name) throws IOException {
    storage.putUnflushed(NewFile.replacing(name, Content.of(file, sha256)));
  }
}
