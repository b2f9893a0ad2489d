package io.parsecbackup.dump.archive;

import io.parsecbackup.Cancellation;
import io.parsecbackup.postgres.NamedPipe;
import io.parsecbackup.repository.encryption.ReadableFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jboss.logging.Logger;

/**
 * Gives an archive to pg_restore: by its path or, if it is encrypted, through a named pipe, or a
 * folder with a named pipe for each file. So its decrypted bytes are never on disk. Each instance
 * serves one run of pg_restore, which opens each file at most once.
 */
public final class ArchiveInput implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ArchiveInput.class);
  private static final int BUFFER = 1 << 16;

  private final ReadableFile archive;
  private final Cancellation cancellation;
  private final boolean whole;
  private final List<ReadableFile> files;
  private final List<NamedPipe> pipes;
  private final List<FutureTask<Boolean>> feeding = new ArrayList<>();

  /** Nothing opens a file of a folder any more. */
  private volatile boolean ended;

  private ArchiveInput(ReadableFile archive, Cancellation cancellation, boolean whole) {
    this.archive = archive;
    this.cancellation = cancellation;
    this.whole = whole;
    this.files =
        archive.files().isEmpty() ? List.of(archive) : List.copyOf(archive.files().values());
    this.pipes =
        archive.isEncrypted()
            ? NamedPipe.createAll(
                archive.files().isEmpty() ? List.of("script") : archive.files().keySet(),
                cancellation)
            : List.of();
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
    if (pipes.isEmpty()) {
      return List.of(archive.path().toString());
    }
    NamedPipe first = pipes.getFirst();
    return archive.files().isEmpty()
        ? List.of("--format=custom", first.path().toString())
        : List.of("--format=directory", first.folder().toString());
  }

  /** Begins to decrypt, for a pg_restore that has been started. */
  public void start() {
    for (int i = 0; i < pipes.size(); i++) {
      ReadableFile file = files.get(i);
      feeding.add(pipes.get(i).feed("archive for pg_restore", out -> decrypt(file, out)));
    }
  }

  /**
   * A pg_restore that does not need the rest closes the pipe; its exit code says whether it failed.
   */
  private void decrypt(ReadableFile file, OutputStream out) throws IOException {
    if (ended && !archive.files().isEmpty()) {
      // Not needed by this run of pg_restore.
      return;
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = CancellableInput.of(file, cancellation)) {
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
    ended = true;
    for (int i = 0; i < feeding.size(); i++) {
      pipes.get(i).await(feeding.get(i));
    }
  }

  /** Ends the decryption, if pg_restore could not be started or did not end by itself. */
  @Override
  public void close() {
    ended = true;
    for (int i = 0; i < feeding.size(); i++) {
      try {
        pipes.get(i).await(feeding.get(i));
      } catch (IOException | RuntimeException e) {
        LOG.debugf("The decryption of %s ended: %s", archive, e.getMessage());
      }
    }
    NamedPipe.closeAll(pipes);
  }
}
