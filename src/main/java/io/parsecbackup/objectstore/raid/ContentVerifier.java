package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.repository.index.ContentCheck;

/**
 * Checks whether fetched bytes are the object's, by all data that the bucket sends about them.
 *
 * @param trust the run's knowledge about the bucket's ETags
 */
public record ContentVerifier(EtagTrust trust) {

  private static final String DOCUMENT =
      "the server returned an HTML page or an XML document instead of the object";

  /** The result of a check. */
  sealed interface Verdict {}

  /** The bytes are the object's. */
  record Accepted(ContentCheck check) implements Verdict {}

  /**
   * The bytes do not match an ETag that looks like an MD5, and it is unknown whether it is one.
   *
   * @param otherwise the check that they have passed, if the ETag is not an MD5
   * @param fault the error, if the ETag is an MD5
   */
  record Doubtful(ContentCheck otherwise, String fault) implements Verdict {}

  /**
   * Checks the bytes.
   *
   * @param tries of this object so far
   * @throws TransferException of kind TEMPORARY when they are not the object's
   */
  Verdict check(FetchRequest request, FetchedObject fetched, EtagTrust.Tries tries) {
    String fault = fault(fetched);
    if (!fault.isEmpty()) {
      throw new TransferException(TransferException.Kind.TEMPORARY, fault);
    }
    boolean proven = fetched.facts().isProven();
    if (fetched.hasMd5() && fetched.isOf(fetched.etag())) {
      trust.matched(request.key());
      return new Accepted(ContentCheck.ETAG);
    }
    if (!proven && !fetched.hasMd5() && isListedMd5(request, fetched)) {
      if (fetched.isOf(request.listedEtag())) {
        return new Accepted(ContentCheck.ETAG);
      }
      throw new TransferException(
          TransferException.Kind.TEMPORARY,
          "the received bytes have MD5 "
              + fetched.md5()
              + ", the ETag in the listing is "
              + request.listedEtag());
    }
    if (!proven && fetched.facts().isDocument()) {
      throw new TransferException(TransferException.Kind.TEMPORARY, DOCUMENT);
    }
    boolean asListed =
        !request.listedEtag().isEmpty() && request.listedEtag().equals(fetched.etag());
    if (asListed && !hasSize(request, fetched)) {
      throw new TransferException(
          TransferException.Kind.TEMPORARY,
          "received "
              + fetched.size()
              + " bytes, but the listing says "
              + request.size().orElseThrow());
    }
    ContentCheck check = proven ? ContentCheck.CHECKSUM : ContentCheck.LENGTH;
    return fetched.hasMd5() && !trust.areNoMd5() && !isRefuted(request, fetched, tries)
        ? new Doubtful(check, etagFault(fetched))
        : new Accepted(check);
  }

  /**
   * Why these bytes cannot be the object's, whatever the bucket's ETags are; an empty text if they
   * can.
   */
  private static String fault(FetchedObject fetched) {
    if (fetched.size() != fetched.announced()) {
      return "received "
          + fetched.size()
          + " bytes, but the server announced "
          + fetched.announced();
    }
    return fetched
        .facts()
        .checksum()
        .filter(checksum -> !checksum.matches())
        .map(BodyChecksum.Result::words)
        .orElse("");
  }

  /** Whether the bytes must have the MD5 in the listing because the answer has none. */
  private boolean isListedMd5(FetchRequest request, FetchedObject fetched) {
    return !fetched.facts().kms()
        && !fetched.wasUploadedInParts()
        && !trust.areNoMd5()
        && Etag.isMd5(request.listedEtag());
  }

  /** Whether this object proves that the bucket's ETags are not MD5s. */
  private boolean isRefuted(FetchRequest request, FetchedObject fetched, EtagTrust.Tries tries) {
    return tries.repeats(fetched.sha256())
        && request.size().isPresent()
        && hasSize(request, fetched)
        && trust.contradicted(request.key());
  }

  private static boolean hasSize(FetchRequest request, FetchedObject fetched) {
    return request.size().orElse(fetched.size()) == fetched.size();
  }

  /**
   * Why an object with unknown content must be fetched again; an empty text if it need not be. If
   * enough tries returned the same bytes, the ETag is not compared.
   */
  public static String doubt(FetchedObject fetched, EtagTrust.Tries tries) {
    String fault = fault(fetched);
    boolean repeated = tries.repeats(fetched.sha256());
    boolean proven =
        fetched.facts().isProven() || (fetched.hasMd5() && fetched.isOf(fetched.etag()));
    if (!fault.isEmpty() || proven) {
      return fault;
    }
    if (fetched.facts().isDocument()) {
      return DOCUMENT;
    }
    return fetched.hasMd5() && !repeated ? etagFault(fetched) : "";
  }

  /** Why bytes do not match their ETag. */
  private static String etagFault(FetchedObject fetched) {
    return "the received bytes have MD5 "
        + fetched.md5()
        + ", the server's ETag is "
        + fetched.etag();
  }
}
