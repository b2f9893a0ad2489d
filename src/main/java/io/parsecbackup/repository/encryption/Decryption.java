package io.parsecbackup.repository.encryption;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import io.parsecbackup.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;

/** The keys that decrypt a file. Nothing prints them. */
public final class Decryption {

  private final List<RecipientStanzaReader> keys;
  private final String origin;

  /**
   * @param origin where the keys are from, for messages
   */
  Decryption(List<RecipientStanzaReader> keys, String origin) {
    this.keys = List.copyOf(keys);
    this.origin = origin;
  }

  /** Decrypts {@code in}, which this closes if it cannot. */
  InputStream open(Path file, InputStream in) throws IOException {
    try {
      return new Plain(
          Channels.newInputStream(
              new StandardDecryptingChannelFactory()
                  .newDecryptingChannel(Channels.newChannel(in), keys)),
          file);
    } catch (UnsupportedRecipientStanzaException e) {
      in.close();
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "no identity in "
              + origin
              + " can decrypt "
              + file
              + ", which was encrypted for other recipients. Set "
              + IdentityFile.KEY
              + " to a file that also has the identity of that time",
          e);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      in.close();
      throw damaged(file, e);
    }
  }

  private static DecryptionException damaged(Path file, Exception e) {
    return new DecryptionException(
        file
            + " is damaged: it cannot be decrypted to its end, because it was changed or truncated,"
            + " or is not a file of age",
        e);
  }

  /** Names the file in the errors of decryption. */
  private static final class Plain extends FilterInputStream {
    private final Path file;

    Plain(InputStream in, Path file) {
      super(in);
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (IOException | RuntimeException e) {
        throw damaged(file, e);
      }
    }
  }
}
