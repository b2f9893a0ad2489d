package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.Payload;
import io.parsecbackup.objectstore.content.SizeLimit;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.raid.ContentVerifier;
import io.parsecbackup.objectstore.raid.EtagTrust;
import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.objectstore.s3.ObjectTransfer;
import io.parsecbackup.objectstore.s3.Retries;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** Finds out whether the target's object of a key has the bytes that a record describes. */
final class TargetObjects {

  private final ObjectTransfer transfer;
  private final SourceFiles source;
  private final Path scratch;
  private final Executor disk;
  private final Retries retries;
  private final AtomicLong parts = new AtomicLong();

  TargetObjects(
      ObjectTransfer transfer, SourceFiles source, Path scratch, Executor disk, Retries retries) {
    this.transfer = transfer;
    this.source = source;
    this.scratch = scratch;
    this.disk = disk;
    this.retries = retries;
  }

  /** What is there. */
  sealed interface Found {}

  /** The bytes of the record. */
  record Same() implements Found {}

  /**
   * Other bytes.
   *
   * @param what they are, for a report
   */
  record Differing(String what) implements Found {}

  /** No object. */
  record Absent() implements Found {}

  /** Nobody can tell: what it should be compared with is damaged. */
  record Unknown(Damage damage) implements Found {}

  /**
   * Compares by what the listing told where that is proof, else by the bytes.
   *
   * @param entry of the listed size
   * @param etag as listed
   */
  Uni<Found> compare(IndexRecord entry, String etag) {
    return Uni.createFrom()
        .item(() -> hasMd5(entry, etag))
        .runSubscriptionOn(disk)
        .onItem()
        .transformToUni(same -> same ? Uni.createFrom().item(new Same()) : compareBytes(entry));
  }

  private boolean hasMd5(IndexRecord entry, String etag) {
    return Etag.isMd5(etag)
        && source.read(entry) instanceof SourceFiles.Whole(Payload payload)
        && payload.md5().equals(etag.toLowerCase(Locale.ROOT));
  }

  /** Fails with {@link TransferException} when the object cannot be fetched. */
  Uni<Found> compareBytes(IndexRecord entry) {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    return retries
        .around(Uni.createFrom().deferred(() -> fetch(entry, tries)))
        .onFailure(failure ->
            failure instanceof TransferException transfer
                && transfer.kind() == TransferException.Kind.ABSENT)
        .recoverWithItem(Absent::new);
  }

  private Found judge(IndexRecord entry, FetchedObject fetched) {
    if (!(source.share() instanceof NodeShare.Chunks)) {
      return judge(fetched, entry.size(), entry.sha256());
    }
    return switch (source.read(entry)) {
      case SourceFiles.Whole(Payload chunk) -> judge(fetched, chunk.size(), chunk.sha256());
      case SourceFiles.Damaged(Damage damage) -> new Unknown(damage);
    };
  }

  private static Found judge(FetchedObject fetched, long size, String sha256) {
    return fetched.size() == size && fetched.sha256().equals(sha256)
        ? new Same()
        : new Differing(fetched.size() + " bytes, SHA-256 " + fetched.sha256());
  }

  private Uni<Found> fetch(IndexRecord entry, EtagTrust.Tries tries) {
    Path part = scratch.resolve("part-" + parts.incrementAndGet());
    return transfer
        .get(entry.key(), "", SizeLimit.of(OptionalLong.of(entry.size())), part)
        .emitOn(disk)
        .onItem()
        .transform(fetched -> found(entry, fetched, tries))
        .onTermination()
        .invoke(() -> delete(part));
  }

  /** The record's bytes are right whatever the server says of them; others have to be proven. */
  private Found found(IndexRecord entry, FetchedObject fetched, EtagTrust.Tries tries) {
    Found found = judge(entry, fetched);
    String doubt = found instanceof Differing ? ContentVerifier.doubt(fetched, tries) : "";
    if (!doubt.isEmpty()) {
      throw new TransferException(TransferException.Kind.PASSING, doubt);
    }
    return found;
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
