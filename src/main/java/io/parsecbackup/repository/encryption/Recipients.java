package io.parsecbackup.repository.encryption;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The public keys for which files are encrypted. Each one's identity can decrypt them. */
public final class Recipients {

  public static final String KEY = "parsec.backup.encryption.recipients";

  private static final String EXPECTED =
      "Expected age X25519 public keys, separated by white space: age1 and 58 more characters, as"
          + " 'age-keygen' prints them";

  private final List<RecipientStanzaWriter> writers;

  private Recipients(List<RecipientStanzaWriter> writers) {
    this.writers = List.copyOf(writers);
  }

  /**
   * Parses public keys that are separated by white space.
   *
   * @return empty without any
   * @throws Problem of kind CONFIGURATION that says which value is wrong
   */
  static Optional<Recipients> parse(String text) {
    List<RecipientStanzaWriter> writers = new ArrayList<>();
    int place = 0;
    LinkedHashSet<String> seen = new LinkedHashSet<>();
    for (String key : text.strip().split("\\s+")) {
      place++;
      if (!key.isEmpty() && seen.add(key)) {
        writers.add(writer(key, place));
      }
    }
    return writers.isEmpty() ? Optional.empty() : Optional.of(new Recipients(writers));
  }

  private static RecipientStanzaWriter writer(String key, int place) {
    String lower = key.toLowerCase(Locale.ROOT);
    if (lower.startsWith("age-")) {
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          KEY
              + ": value "
              + place
              + " is a secret key, which does not belong there. Set its public key, which"
              + " 'age-keygen -y FILE' prints, and replace the secret key if others could read this"
              + " setting");
    }
    try {
      return X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(key);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Something else may be a secret that was pasted by mistake.
      String shown =
          lower.startsWith("age1") ? "'" + key + "' (value " + place + ")" : "value " + place;
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          KEY + ": " + shown + " is not a valid public key. " + EXPECTED,
          e);
    }
  }

  /** How many there are. */
  public int count() {
    return writers.size();
  }

  /** Encrypts into {@code target}, which the result closes. */
  public EncryptedOutput encrypt(OutputStream target) throws IOException {
    return EncryptedOutput.to(target, writers);
  }

  /**
   * Encrypts a file into a new one beside it, whose name is that of {@code plain} with {@value
   * EncryptedNames#SUFFIX}.
   *
   * @return the new file, which only its owner may read
   */
  public Path encrypt(Path plain) throws IOException {
    Path target = plain.resolveSibling(plain.getFileName() + EncryptedNames.SUFFIX);
    try (InputStream in = PlainFiles.open(plain);
        OutputStream out = encrypt(Channels.newOutputStream(PrivateFiles.create(target)))) {
      in.transferTo(out);
    }
    return target;
  }
}
