package io.parsecbackup.postgres.connection;

import io.parsecbackup.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks whether the JDBC driver 42.7 can read a client key of libpq: PKCS#8 in PEM if the file's
 * name ends in {@code .key} or {@code .pem}, PKCS#8 in DER under any other name.
 */
final class ClientKey {

  private static final long LARGEST = 1 << 20;

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  private static final String CONVERT =
      " Convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW.key.";

  private ClientKey() {}

  /**
   * The key's algorithm, as Java names it.
   *
   * @param problem makes an error from the words that follow "the file FILE, which"
   */
  static String algorithm(Path key, Function<String, Problem> problem) {
    try {
      if (!Files.isRegularFile(key) || Files.size(key) > LARGEST) {
        throw problem.apply(
            "is not a regular file, or is too large for a key. Name the client's key.");
      }
      return algorithm(Files.readAllBytes(key), key.toString(), problem);
    } catch (IOException e) {
      throw problem.apply("cannot be read. Check its permissions.");
    }
  }

  private static String algorithm(byte[] content, String name, Function<String, Problem> problem) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    boolean namedAsPem = name.endsWith(".key") || name.endsWith(".pem");
    if (name.endsWith(".p12") || name.endsWith(".pfx")) {
      throw problem.apply("is named as PKCS#12, which libpq does not read. Use a PEM key.");
    }
    if (text.contains("ENCRYPTED")) {
      throw problem.apply(
          "has a passphrase, which this program cannot enter. Use a key without one that only its"
              + " owner can read.");
    }
    Matcher pem = PKCS8.matcher(text);
    boolean isPem = pem.find();
    if (!isPem && text.contains("-----BEGIN ")) {
      throw problem.apply(
          "is not in PKCS#8, the only format that the JDBC driver reads." + CONVERT);
    }
    if (isPem != namedAsPem) {
      throw problem.apply(
          "has the wrong name for its content: the JDBC driver reads .key and .pem as PEM, and any"
              + " other name as DER. Rename it.");
    }
    byte[] der = content;
    try {
      if (isPem) {
        der = Base64.getMimeDecoder().decode(pem.group(1));
      }
    } catch (IllegalArgumentException notBase64) {
      throw problem.apply("is damaged: the text between its markers is not Base64.");
    }
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      if (isKeyOf(algorithm, der)) {
        return algorithm;
      }
    }
    throw problem.apply("contains no RSA, EC or EdDSA key in PKCS#8." + CONVERT);
  }

  private static boolean isKeyOf(String algorithm, byte[] der) {
    try {
      KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }
}
