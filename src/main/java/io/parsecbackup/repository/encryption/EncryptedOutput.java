package io.parsecbackup.repository.encryption;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Encrypts what is written to it. Closing writes the end, without which the file cannot be
 * decrypted, and closes the target. This run can read the file back without an identity, because it
 * keeps the file's key in memory.
 */
public final class EncryptedOutput extends FilterOutputStream {

  private final KeptKey key;

  private EncryptedOutput(OutputStream encrypting, KeptKey key) {
    super(encrypting);
    this.key = key;
  }

  static EncryptedOutput to(OutputStream target, List<RecipientStanzaWriter> recipients)
      throws IOException {
    KeptKey key = new KeptKey(recipients.getFirst());
    List<RecipientStanzaWriter> writers = new ArrayList<>(recipients);
    writers.set(0, key);
    try {
      return new EncryptedOutput(
          Channels.newOutputStream(
              new StandardEncryptingChannelFactory()
                  .newEncryptingChannel(Channels.newChannel(target), writers)),
          key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot encrypt with X25519 and ChaCha20", e);
    }
  }

  /** The file that was written, for this run. */
  public ReadableFile readBack(Path file) {
    byte[] own = key.bytes.clone();
    return new ReadableFile(
        file,
        Optional.of(
            new Decryption(
                List.of(stanzas -> new FileKey(own.clone())), "the memory of this run")));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  /** The writer of the first recipient. It keeps a copy of the key that all recipients get. */
  private static final class KeptKey implements RecipientStanzaWriter {
    private final RecipientStanzaWriter recipient;
    private byte[] bytes = {};

    KeptKey(RecipientStanzaWriter recipient) {
      this.recipient = recipient;
    }

    @Override
    public Iterable<RecipientStanza> getRecipientStanzas(FileKey key)
        throws GeneralSecurityException {
      bytes = key.getEncoded().clone();
      return recipient.getRecipientStanzas(key);
    }
  }
}
