package io.parsecbackup.objectstore.content;

import java.util.Locale;
import java.util.Optional;

/**
 * The facts in an answer about its bytes, apart from length and ETag.
 *
 * @param kms whether the server encrypts with a key management service or a customer's key, so that
 *     its ETags are not MD5s
 * @param checksum the comparison with the answer's checksum; empty if it has none
 * @param isDocument whether the answer is a web page or an XML document, by its type or its first
 *     bytes: a login form, a proxy's error page
 */
public record ContentFacts(
    boolean kms, Optional<BodyChecksum.Result> checksum, boolean isDocument) {

  /** An answer that says nothing about its bytes. */
  public static final ContentFacts NONE = new ContentFacts(false, Optional.empty(), false);

  /**
   * Whether this is a web page or an XML document. Parsec's blocks are encrypted: they never begin
   * like one, and never have such a type.
   *
   * @param contentType from the answer; may be empty
   * @param head the first bytes of the body
   */
  public static boolean isDocument(String contentType, String head) {
    int parameters = contentType.indexOf(';');
    String type =
        (parameters < 0 ? contentType : contentType.substring(0, parameters))
            .strip()
            .toLowerCase(Locale.ROOT);
    return type.equals("text/html")
        || type.endsWith("/xml")
        || type.endsWith("+xml")
        || startsLikeDocument(head.stripLeading());
  }

  private static boolean startsLikeDocument(String head) {
    if (!head.startsWith("<")) {
      return false;
    }
    String start = head.toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html")
        || start.startsWith("<html")
        || start.startsWith("<?xml");
  }

  /** Whether a checksum proves that these are the server's bytes. */
  public boolean isProven() {
    return checksum.map(BodyChecksum.Result::matches).orElse(false);
  }
}
