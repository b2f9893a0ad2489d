package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ObjectCopy;
import io.parsecbackup.objectstore.bucket.ObjectWriter;
import io.parsecbackup.objectstore.bucket.PartsUpload;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Executor;

/** Writes the files of a repository in a bucket. */
final class BucketWrites {

  private final BucketClient client;
  private final BucketPlace place;
  private final BucketReads reads;
  private final ObjectWriter writer;
  private final PartsUpload parts;

  BucketWrites(BucketReads reads, PartsSize parts) {
    this.client = reads.client();
    this.place = reads.place();
    this.reads = reads;
    this.writer = new ObjectWriter(client, reads.reader());
    this.parts = new PartsUpload(client, writer, parts.disk(), parts.bytes());
  }

  /**
   * How large files are uploaded.
   *
   * @param disk runs blocking work
   * @param bytes of a part
   */
  record PartsSize(Executor disk, long bytes) {}

  /** See {@link io.parsecbackup.repository.storage.Storage#put}. */
  void put(NewFile file) throws IOException {
    write(file);
    if (file.content() instanceof Content.InFile local) {
      Files.deleteIfExists(local.file());
    }
  }

  /** Writes a file, and leaves the local one. */
  private void write(NewFile file) throws IOException {
    String key = place.key(file.name());
    try {
      if (file.content() instanceof Content.InFile local && parts.isFor(local)) {
        if (file.condition() instanceof NewFile.IfAbsent && reads.find(file.name()).isPresent()) {
          // Before the upload, and because not every server takes the condition at its end.
          throw unmet(file.name());
        }
        parts.put(key, local, file.condition());
      } else {
        writer.put(key, file.content(), file.condition());
      }
    } catch (TransferException e) {
      if (e.kind() == Kind.PRESENT) {
        throw unmet(file.name());
      }
      IOException failure = Failures.of(place.locate(file.name()), "written", e);
      throw failure instanceof RemoteStorageException remote && takesOtherFiles(e)
          ? remote.ofOneFile()
          : failure;
    }
  }

  /** Whether the server stores a small file, after it did not store another one. */
  private boolean takesOtherFiles(TransferException refused) throws IOException {
    return switch (refused.kind()) {
      case NO_ACCESS, NO_BUCKET -> false;
      case TEMPORARY, THROTTLED, REFUSED, UNSUPPORTED, ABSENT, PRESENT, UNCHANGED -> {
        try {
          BucketTrial.of(reads).write();
          yield true;
        } catch (TransferException e) {
          yield false;
        }
      }
    };
  }

  private ConditionFailedException unmet(String name) {
    return new ConditionFailedException(
        place.locate(name) + " was not written, because another run has written or changed it");
  }

  /** See {@link io.parsecbackup.repository.storage.Storage#copy}. */
  void copy(String from, String to) throws IOException {
    StoredFile source = reads.require(from);
    if (reads.find(to).isPresent()) {
      return;
    }
    try {
      new ObjectCopy(client, place).copy(source, to);
    } catch (TransferException e) {
      throw Failures.of(place.locate(to), "written", e);
    }
  }

  /** See {@link io.parsecbackup.repository.storage.Storage#copyFrom}. */
  boolean copyFrom(BucketPlace other, StoredFile file, String sha256) throws IOException {
    return new ObjectCopy(client, place).copyFrom(other, file, sha256);
  }
}
