package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.content.BodyScratch;
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
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/** Compares objects of the target with those of the backup. */
final class TargetObjects {

  private final ObjectTransfer transfer;
  private final SourceFiles source;
  private final BodyScratch bodies;
  private final Executor disk;
  private final Retries retries;

  TargetObjects(
      ObjectTransfer transfer,
      SourceFiles source,
      BodyScratch bodies,
      Executor disk,
      Retries retries) {
    this.transfer = transfer;
    this.source = source;
    this.bodies = bodies;
    this.disk = disk;
    this.retries = retries;
  }

  /** The objects' files in the repository. */
  SourceFiles source() {
    return source;
  }

  /** The result of a comparison. */
  sealed interface Result {}

  /** The target has the same bytes. */
  record Same() implements Result {}

  /**
   * The target has other bytes.
   *
   * @param bytes describes them, for a report
   */
  record Differing(String bytes) implements Result {}

  /** The target has no such object. */
  record Absent() implements Result {}

  /** They cannot be compared: the repository's file is damaged. */
  record Unknown(Damage damage) implements Result {}

  /**
   * Compares by the listed ETag if it proves equal bytes, otherwise by the bytes.
   *
   * @param entry an object of the listed size
   * @param etag as listed
   */
  Uni<Result> compare(IndexRecord entry, String etag) {
    return Uni.createFrom()
        .item(() -> hasMd5(entry, etag))
        .runSubscriptionOn(disk)
        .onItem()
        .transformToUni(same -> same ? Uni.createFrom().item(new Same()) : compareBytes(entry));
  }

  private boolean hasMd5(IndexRecord entry, String etag) {
    return Etag.isMd5(etag)
        && source.read(entry) instanceof SourceFiles.Intact(Payload payload)
        && payload.md5().equals(etag.toLowerCase(Locale.ROOT));
  }

  /** Compares the bytes. Fails with {@link TransferException} if the object cannot be fetched. */
  Uni<Result> compareBytes(IndexRecord entry) {
    EtagTrust.Tries tries = new EtagTrust.Tries();
    return retries
        .around(Uni.createFrom().deferred(() -> fetch(entry, tries)))
        .onFailure(failure ->
            failure instanceof TransferException transfer
                && transfer.kind() == TransferException.Kind.ABSENT)
        .recoverWithItem(Absent::new);
  }

  private Result compare(IndexRecord entry, FetchedObject fetched) {
    if (!(source.share() instanceof NodeShare.Chunks)) {
      return compare(fetched, entry.size(), entry.sha256());
    }
    return switch (source.read(entry)) {
      case SourceFiles.Intact(Payload chunk) -> compare(fetched, chunk.size(), chunk.sha256());
      case SourceFiles.Damaged(Damage damage) -> new Unknown(damage);
    };
  }

  private static Result compare(FetchedObject fetched, long size, String sha256) {
    return fetched.size() == size && fetched.sha256().equals(sha256)
        ? new Same()
        : new Differing(fetched.size() + " bytes, SHA-256 " + fetched.sha256());
  }

  private Uni<Result> fetch(IndexRecord entry, EtagTrust.Tries tries) {
    return transfer
        .get(entry.key(), "", SizeLimit.of(OptionalLong.of(entry.size())), bodies)
        .onItem()
        .transform(received -> {
          // Its digests are enough.
          received.close();
          return received.object();
        })
        .emitOn(disk)
        .onItem()
        .transform(fetched -> checked(entry, fetched, tries));
  }

  /** The backup's bytes are right whatever their ETag is. Other bytes must be proven. */
  private Result checked(IndexRecord entry, FetchedObject fetched, EtagTrust.Tries tries) {
    Result result = compare(entry, fetched);
    String doubt = result instanceof Differing ? ContentVerifier.doubt(fetched, tries) : "";
    if (!doubt.isEmpty()) {
      throw new TransferException(TransferException.Kind.TEMPORARY, doubt);
    }
    return result;
  }
}
