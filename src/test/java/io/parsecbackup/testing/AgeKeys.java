package io.parsecbackup.testing;

import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An age identity and its public key, as {@code age-keygen} makes them. */
public record AgeKeys(String recipient, String identity) {

  public static AgeKeys create() {
    try {
      KeyPair pair = new X25519KeyPairGenerator().generateKeyPair();
      return new AgeKeys(
          new String(pair.getPublic().getEncoded(), StandardCharsets.US_ASCII),
          new String(pair.getPrivate().getEncoded(), StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new file that only its owner may read, with these identities. */
  public static Path file(Path folder, AgeKeys... keys) throws IOException {
    Path file =
        Files.createTempFile(
            folder,
            "identity",
            ".txt",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    List<String> lines = Stream.of(keys).map(AgeKeys::identity).toList();
    return Files.writeString(
        file, "# created: by a test\n\n" + String.join("\n# public key: …\n", lines) + "\n");
  }

  /** The settings of a program that encrypts for these. */
  public static Map<String, String> recipients(AgeKeys... keys) {
    return Map.of(
        "PARSEC_BACKUP_ENCRYPTION_RECIPIENTS",
        Stream.of(keys).map(AgeKeys::recipient).collect(Collectors.joining(" \n ")));
  }

  /** The settings of a program that decrypts with these. */
  public static Map<String, String> identity(Path file) {
    return Map.of("PARSEC_BACKUP_ENCRYPTION_IDENTITY_FILE", file.toString());
  }
}
