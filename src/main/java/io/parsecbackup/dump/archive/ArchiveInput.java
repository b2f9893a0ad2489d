package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.postgres.NamedPipe;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives an archive to pg_restore: by its path or, if it is encrypted, through a named pipe. So its
 * decrypted bytes are never on disk. Each instance serves one run of pg_restore.
 */
public final class ArchiveInput implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ArchiveInput.class);
  private static final int BUFFER = 1 << 16;

  private final ReadableFile archive;
  private final Cancellation cancellation;
  private final boolean whole;
  private final Optional<NamedPipe> pipe;
  private @Nullable FutureTask<Boolean> feeding;

  private ArchiveInput(ReadableFile archive, Cancellation cancellation, boolean whole) {
    this.archive = archive;
    this.cancellation = cancellation;
    this.whole = whole;
    this.pipe =
        archive.isEncrypted() ? Optional.of(NamedPipe.create(cancellation)) : Optional.empty();
  }

  /**
   * Prepares the archive. Nothing is read yet.
   *
   * @throws io.parsecbackup.Problem of kind INTERNAL if a named pipe cannot be created
   */
  public static ArchiveInput of(ReadableFile archive, Cancellation cancellation) {
    return new ArchiveInput(archive, cancellation, false);
  }

  /**
   * As {@link #of}, and decrypts an encrypted archive to its end, even if pg_restore ends first.
   */
  public static ArchiveInput whole(ReadableFile archive, Cancellation cancellation) {
    return new ArchiveInput(archive, cancellation, true);
  }

  /** The last arguments of pg_restore. It would open a pipe twice to discover the format. */
  public List<String> arguments() {
    return pipe.isPresent()
        ? List.of("--format=custom", pipe.get().path().toString())
        : List.of(archive.path().toString());
  }

  /** Begins to decrypt, for a pg_restore that has been started. */
  public void start() {
    pipe.ifPresent(to -> feeding = to.feed("archive for pg_restore", this::decrypt));
  }

  /**
   * A pg_restore that does not need the rest closes the pipe; its exit code says whether it failed.
   */
  private void decrypt(OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = CancellableInput.of(archive, cancellation)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        try {
          out.write(buffer, 0, n);
        } catch (IOException closed) {
          if (whole) {
            in.transferTo(OutputStream.nullOutputStream());
          }
          return;
        }
      }
    }
  }

  /**
   * Waits for the end of decryption, after pg_restore has ended.
   *
   * @throws IOException if what was to be read of the archive cannot be decrypted: then pg_restore
   *     may have seen a truncated archive, whatever its exit code says
   */
  public void await() throws IOException {
    FutureTask<Boolean> task = feeding;
    if (pipe.isPresent() && task != null) {
      pipe.get().await(task);
    }
  }

  /** Ends the decryption, if pg_restore could not be started or did not end by itself. */
  @Override
  public void close() {
    try {
      await();
    } catch (IOException | RuntimeException e) {
      LOG.debugf("The decryption of %s ended: %s", archive, e.getMessage());
    } finally {
      pipe.ifPresent(NamedPipe::close);
    }
  }
}
