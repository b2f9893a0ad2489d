package io.parsecbackup.repository;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * The operating system's lock on the repository. It goes with the process that holds it, however
 * that ends: there is nothing stale to clear away. What stands in the file only says who holds it;
 * it decides nothing.
 */
public final class RepositoryLock implements AutoCloseable {

  /**
   * Locks of this process. Closing any channel on a locked file drops the process's lock on it, so
   * a second one must never be opened.
   */
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private static final Logger LOG = Logger.getLogger(RepositoryLock.class);

  private static final int ATTEMPTS = 5;
  private static final long PAUSE_NANOS = 50_000_000L;

  private final Path file;
  private final FileChannel channel;

  private RepositoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock, or fails at once.
   *
   * @param holder what the run is, for the message that others get
   * @throws Problem of kind HELD when another run has it
   */
  static RepositoryLock exclusive(Path file, String holder) throws IOException {
    synchronized (HELD_HERE) {
      Path real = realPath(file);
      if (HELD_HERE.contains(real)) {
        throw held("a run of this process");
      }
      FileChannel channel = PrivateFiles.open(real, CREATE, READ, WRITE);
      try {
        if (!tryLock(channel)) {
          throw held(describe(channel));
        }
        RepositoryLock taken = new RepositoryLock(real, channel);
        taken.describeHolder(holder);
        HELD_HERE.add(real);
        return taken;
      } catch (IOException | RuntimeException e) {
        close(channel);
        throw e;
      }
    }
  }

  /** A look by {@link #isHeld} in another process has the lock for an instant: that is sat out. */
  private static boolean tryLock(FileChannel channel) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (channel.tryLock() != null) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
  }

  /** Whether a run of this or another process holds the lock now. */
  static boolean isHeld(Path file) throws IOException {
    synchronized (HELD_HERE) {
      if (!Files.exists(file)) {
        return false;
      }
      Path real = realPath(file);
      if (HELD_HERE.contains(real)) {
        return true;
      }
      try (FileChannel channel = FileChannel.open(real, READ);
          FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null;
      }
    }
  }

  /** Says in the lock file who holds it, where the disk has room for that. */
  public void describeHolder(String holder) {
    String text = holder + ", process " + ProcessHandle.current().pid() + "\n";
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      // A full disk must not keep out the run that would clear the scratch which fills it.
      LOG.debugf("the lock's holder cannot be written down: %s", e.getMessage());
    }
  }

  @Override
  public void close() {
    synchronized (HELD_HERE) {
      close(channel);
      HELD_HERE.remove(file);
    }
  }

  private static Problem held(String holder) {
    return new Problem(
        Kind.HELD,
        "another run holds the repository: "
            + holder
            + ". Wait until it has ended, or cancel it; nothing was changed");
  }

  private static String describe(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(200);
    channel.read(text, 0);
    String holder = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return holder.isEmpty() ? "one that has just begun" : holder;
  }

  private static Path realPath(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder.toRealPath().resolve(file.getFileName());
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Problem(Kind.REPOSITORY, "the repository's lock cannot be let go: " + e, e);
    }
  }
}
