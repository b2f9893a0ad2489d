package io.parsecbackup.repository.encryption;

import io.parsecbackup.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The configured recipients of new files, and the identities that open existing ones. */
@ApplicationScoped
public class Encryption {

  private static final Logger LOG = Logger.getLogger(Encryption.class);

  private final Optional<Recipients> recipients;
  private final Optional<IdentityFile> identities;

  /**
   * Checks the recipients. The file with identities is read when it is needed.
   *
   * @throws Problem of kind CONFIGURATION that says which recipient is wrong
   */
  @Inject
  public Encryption(EncryptionConfig config) {
    this(config.recipients(), config.identityFile());
  }

  public Encryption(Optional<String> recipients, Optional<Path> identityFile) {
    this.recipients = recipients.flatMap(Recipients::parse);
    this.identities = identityFile.map(IdentityFile::new);
  }

  /** Encrypts and decrypts nothing. */
  public static Encryption none() {
    return new Encryption(Optional.empty(), Optional.empty());
  }

  /** Those of new backups; empty if they are not encrypted. */
  public Optional<Recipients> recipients() {
    return recipients;
  }

  public Optional<IdentityFile> identities() {
    return identities;
  }

  /** The name of a new file: with {@value EncryptedNames#SUFFIX} if it is encrypted. */
  public String nameOf(String plain) {
    return recipients.isPresent() ? plain + EncryptedNames.SUFFIX : plain;
  }

  /**
   * Whether {@link #readable} can be tried: the file is plain, or a file with identities is set.
   */
  public boolean canRead(String name) {
    return !EncryptedNames.isEncrypted(name) || identities.isPresent();
  }

  /**
   * Encrypts a few bytes and, if a file with identities is set, decrypts them.
   *
   * @throws Problem of kind CONFIGURATION if no identity is that of a recipient
   */
  public void probe() {
    byte[] probe = "probe".getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream encrypted = new ByteArrayOutputStream();
    try {
      try (OutputStream out = recipients.orElseThrow().encrypt(encrypted)) {
        out.write(probe);
      }
      if (identities.isPresent()) {
        try (InputStream in =
            identities
                .get()
                .read()
                .open(Path.of("a probe"), new ByteArrayInputStream(encrypted.toByteArray()))) {
          if (!Arrays.equals(probe, in.readAllBytes())) {
            throw new IllegalStateException("a probe was decrypted to other bytes");
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file outside a repository, which is decrypted if its name says that it is encrypted. */
  public ReadableFile readable(Path file) {
    return readable(String.valueOf(file.getFileName()), file);
  }

  /**
   * A file of a repository, which is decrypted if its name there says that it is encrypted.
   *
   * @param file a local copy, which may have another name
   * @throws Problem of kind CONFIGURATION if it is encrypted and there is no valid identity
   */
  public ReadableFile readable(String name, Path file) {
    if (!EncryptedNames.isEncrypted(name)) {
      return ReadableFile.plain(file);
    }
    Path shown = file.endsWith(name) ? file : Path.of(name);
    IdentityFile source =
        identities.orElseThrow(() ->
            new Problem(
                Problem.Kind.CONFIGURATION,
                shown
                    + " is encrypted, and "
                    + IdentityFile.KEY
                    + " is not set. Set it to the file with the age identity of a recipient"));
    if (source.isReadableByAll()) {
      LOG.warnf(
          "every user of this machine may read %s, which decrypts backups: run chmod 600 on it",
          source.path());
    }
    return new ReadableFile(file, shown, Optional.of(source.read()));
  }
}
