package io.parsecbackup.repository.encryption;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import io.parsecbackup.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** A file with age identities, one a line, and comments. No message repeats a line of it. */
public record IdentityFile(Path path) {

  public static final String KEY = "parsec.backup.encryption.identity-file";

  private static final int LARGEST = 1 << 20;

  /**
   * Reads the file, to report a fault before it is needed.
   *
   * @throws Problem as {@link #read}
   */
  public void check() {
    read();
  }

  /**
   * Reads all identities.
   *
   * @throws Problem of kind CONFIGURATION if the file cannot be read, or has no valid identity
   */
  Decryption read() {
    List<RecipientStanzaReader> keys = new ArrayList<>();
    int number = 0;
    for (String line : text().lines().map(String::strip).toList()) {
      number++;
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("age-encryption.org/") || line.startsWith("-----BEGIN AGE")) {
        throw wrong("is itself encrypted. Decrypt it with 'age --decrypt' into another file");
      }
      try {
        keys.add(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(line));
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        // The cause may quote the line.
        throw wrong(
            "has no age X25519 identity in line "
                + number
                + ". Expected AGE-SECRET-KEY-1 and 58 more characters, as 'age-keygen' writes them");
      }
    }
    if (keys.isEmpty()) {
      throw wrong("has no identity. Expected a line AGE-SECRET-KEY-1…, as 'age-keygen' writes it");
    }
    return new Decryption(keys, path.toString());
  }

  private String text() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw wrong("is too large for a file with identities. Name another file");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          KEY
              + ": "
              + path
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "). Name an existing file that this program's user may read",
          e);
    }
  }

  private Problem wrong(String what) {
    return new Problem(Problem.Kind.CONFIGURATION, KEY + ": the file " + path + " " + what);
  }

  /** Whether every user of the machine may read it. */
  public boolean isReadableByAll() {
    try {
      return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
