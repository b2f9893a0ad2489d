package io.parsecbackup.objectstore.raid;

import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.objectstore.content.Etag;
import io.parsecbackup.objectstore.content.FetchedObject;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.repository.index.ContentCheck;

/**
 * Decides whether what a bucket has given is the object, by all that the bucket says of its bytes.
 *
 * @param trust what this run knows of the bucket's ETags
 */
public record ContentVerifier(EtagTrust trust) {

  private static final String DOCUMENT =
      "the server answered with a page or an XML document, and not with the object";

  /** What is thought of an object's bytes. */
  sealed interface Verdict {}

  /** They are the object's. */
  record Accepted(ContentCheck check) implements Verdict {}

  /**
   * They contradict an ETag that looks like an MD5, of which nobody knows yet whether it is one.
   *
   * @param otherwise how they were checked if it is none
   * @param fault what is wrong if it is one
   */
  record Doubtful(ContentCheck otherwise, String fault) implements Verdict {}

  /**
   * Checks the bytes.
   *
   * @param tries of this object so far
   * @throws TransferException of kind PASSING where they are not the object's
   */
  Verdict check(FetchRequest wanted, FetchedObject fetched, EtagTrust.Tries tries) {
    String fault = fault(fetched);
    if (!fault.isEmpty()) {
      throw new TransferException(TransferException.Kind.PASSING, fault);
    }
    boolean proven = fetched.facts().isProven();
    if (fetched.hasMd5() && fetched.isOf(fetched.etag())) {
      trust.matched(wanted.key());
      return new Accepted(ContentCheck.ETAG);
    }
    if (!proven && !fetched.hasMd5() && isListedMd5(wanted, fetched)) {
      if (fetched.isOf(wanted.listedEtag())) {
        return new Accepted(ContentCheck.ETAG);
      }
      throw new TransferException(
          TransferException.Kind.PASSING,
          "the bytes that arrived have MD5 "
              + fetched.md5()
              + ", the ETag in the listing is "
              + wanted.listedEtag());
    }
    if (!proven && fetched.facts().isDocument()) {
      throw new TransferException(TransferException.Kind.PASSING, DOCUMENT);
    }
    boolean asListed = !wanted.listedEtag().isEmpty() && wanted.listedEtag().equals(fetched.etag());
    if (asListed && !hasSize(wanted, fetched)) {
      throw new TransferException(
          TransferException.Kind.PASSING,
          fetched.size() + " bytes arrived, " + wanted.size().orElseThrow() + " were listed");
    }
    ContentCheck check = proven ? ContentCheck.CHECKSUM : ContentCheck.LENGTH;
    return fetched.hasMd5() && !trust.areNoMd5() && !isRefuted(wanted, fetched, tries)
        ? new Doubtful(check, etagFault(fetched))
        : new Accepted(check);
  }

  /** What shows without knowledge of the bucket's ETags that this is no object; or empty. */
  private static String fault(FetchedObject fetched) {
    if (fetched.size() != fetched.announced()) {
      return fetched.size() + " bytes arrived, " + fetched.announced() + " were announced";
    }
    return fetched
        .facts()
        .checksum()
        .filter(checksum -> !checksum.matches())
        .map(BodyChecksum.Result::words)
        .orElse("");
  }

  /** Whether the answer names no MD5 while the listing has one, which the bytes have to have. */
  private boolean isListedMd5(FetchRequest wanted, FetchedObject fetched) {
    return !fetched.facts().kms()
        && !fetched.wasUploadedInParts()
        && !trust.areNoMd5()
        && Etag.isMd5(wanted.listedEtag());
  }

  /** Whether this object has proven that the bucket's ETags are no MD5s. */
  private boolean isRefuted(FetchRequest wanted, FetchedObject fetched, EtagTrust.Tries tries) {
    return tries.repeats(fetched.sha256())
        && wanted.size().isPresent()
        && hasSize(wanted, fetched)
        && trust.contradicted(wanted.key());
  }

  private static boolean hasSize(FetchRequest wanted, FetchedObject fetched) {
    return wanted.size().orElse(fetched.size()) == fetched.size();
  }

  /**
   * Why an object of which nothing is known beforehand is fetched once more, or an empty text: no
   * further try is needed where it has come twice with the same bytes, whatever its ETag says.
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

  /** Why bytes that have to be those of an ETag are not. */
  private static String etagFault(FetchedObject fetched) {
    return "the bytes that arrived have MD5 "
        + fetched.md5()
        + ", the server's ETag is "
        + fetched.etag();
  }
}
