package io.parsecbackup.objectstore.content;

import java.util.Locale;
import java.util.Optional;

/**
 * What an answer says of the bytes that it brings, beside their length and ETag.
 *
 * @param kms whether the server encrypts with a key management service or a key of the customer's,
 *     so that its ETags are no MD5
 * @param checksum the checksum that the answer names, compared; empty where it names none
 * @param isDocument whether the answer is a page or an XML document, by its type or by how it
 *     begins: a login form, a proxy's error page
 */
public record ContentFacts(
    boolean kms, Optional<BodyChecksum.Result> checksum, boolean isDocument) {

  /** Of an answer that says nothing. */
  public static final ContentFacts NONE = new ContentFacts(false, Optional.empty(), false);

  /**
   * Whether this is a page or an XML document. Parsec's blocks are encrypted: none begins so, and
   * none has such a type.
   *
   * @param contentType as the server gives it; may be empty
   * @param head how the body begins
   */
  public static boolean isDocument(String contentType, String head) {
    String type = contentType.toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip();
    String start = head.stripLeading().toLowerCase(Locale.ROOT);
    return type.equals("text/html")
        || type.endsWith("/xml")
        || type.endsWith("+xml")
        || start.startsWith("<!doctype html")
        || start.startsWith("<html")
        || start.startsWith("<?xml");
  }

  /** Whether a checksum proves that these are the bytes that the server has. */
  public boolean isProven() {
    return checksum.map(BodyChecksum.Result::matches).orElse(false);
  }
}
