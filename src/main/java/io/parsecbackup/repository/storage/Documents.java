package io.parsecbackup.repository.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Reads the small files of a repository. */
public record Documents(Storage storage) {

  /** In bytes. Most documents have a few thousand; one with a thousand findings has millions. */
  public static final long LARGEST = 8L << 20;

  private static final Logger LOG = Logger.getLogger(Documents.class);
  private static final int MOST_LOGGED = 1_000;
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  /**
   * All bytes of a document.
   *
   * @throws NoSuchFileException when it does not exist
   * @throws UnsafeFileException when it is larger than {@link #LARGEST}
   */
  public byte[] read(String name) throws IOException {
    try (InputStream in = storage.open(name)) {
      // One byte more than allowed: the file may have grown since its size was read.
      byte[] bytes = in.readNBytes((int) LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new UnsafeFileException(
            storage.locate(name),
            "it is larger than "
                + (LARGEST >> 20)
                + " MiB, the limit for a repository's documents, and was not read");
      }
      return bytes;
    }
  }

  /**
   * A sealed document; empty if it does not exist, cannot be read or does not match its seal. A
   * failure is only logged, so one bad document does not block access to the others.
   */
  public Optional<ObjectNode> sealed(String name) {
    try {
      return SealedJson.open(read(name));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // Once for each file: the service reads its records every few seconds.
      if (LOGGED.size() < MOST_LOGGED && LOGGED.add(storage.locate(name))) {
        LOG.warnf("Skipped a document of the repository that cannot be read: %s", e);
      }
      return Optional.empty();
    }
  }

  /**
   * Whether a document has the name of one that a run publishes, and says that the run can no
   * longer publish anything: another run has taken over its lock.
   */
  public static boolean isRevocation(ObjectNode document) {
    return document.path("revoked").asBoolean();
  }

  /** The digest of a file's bytes, as lower-case hex. */
  public String sha256(String name) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = storage.open(name)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return Sha256.hex(digest);
  }

  /**
   * Whether something of any kind has this name.
   *
   * @throws IOException when that cannot be determined
   */
  public boolean exists(String name) throws IOException {
    try {
      return storage.find(name).isPresent();
    } catch (UnsafeFileException e) {
      return true;
    }
  }

  /** The ids of the files in {@code folder} whose names end in {@code suffix}, oldest first. */
  public List<RunId> ids(String folder, String suffix) throws IOException {
    return RunId.all(storage.children(folder), suffix);
  }
}
